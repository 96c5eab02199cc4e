package store

import "strings"

const blanks = " \t\r\n\f" // of SQL

// Statements splits SQL at the semicolons between statements. What holds only blanks
// and comments is none. It sees quotes and comments as SQLite does and knows nothing
// else: of a mistake SQLite says what is wrong.
func Statements(sql string) (list []string) {
	start, something := 0, false
	for i := 0; i < len(sql); {
		switch c := sql[i]; {
		case c == ';':
			if something {
				list = append(list, strings.Trim(sql[start:i], blanks))
			}
			start, something = i+1, false
			i++
		case strings.IndexByte(blanks, c) >= 0:
			i++
		default:
			end, comment := tokenEnd(sql, i)
			something = something || !comment
			i = end
		}
	}
	if something {
		list = append(list, strings.Trim(sql[start:], blanks))
	}
	return list
}

// tokenEnd returns where the quote or comment that begins at i ends; anything else
// is one byte long. What is not closed goes to the end.
func tokenEnd(sql string, i int) (end int, comment bool) {
	closing, from := "", i+1
	switch c := sql[i]; {
	case c == '\'' || c == '"' || c == '`': // a doubled one inside ends here, and begins the next
		closing = string(c)
	case c == '[':
		closing = "]"
	case strings.HasPrefix(sql[i:], "--"):
		closing, comment, from = "\n", true, i+2
	case strings.HasPrefix(sql[i:], "/*"):
		closing, comment, from = "*/", true, i+2
	default:
		return i + 1, false
	}
	at := strings.Index(sql[from:], closing)
	if at < 0 {
		return len(sql), comment
	}
	return from + at + len(closing), comment
}
