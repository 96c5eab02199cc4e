package store

import (
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// searchVersion changes with what searchWords returns for any text: an index of
// another version is built anew.
const searchVersion = "2"

// searchWords returns the words of a text as the search index holds
// them: lower case without accents, drawn-out letters and slang spelled the usual
// way, Indonesian affixes cut. "Pengirimannya", "dikirim" and "mengirim" become
// one word, and "gak" is "tidak".
//
// The stem only has to be the same for forms of one word; it need not be one.
func searchWords(text string) string {
	b := make([]byte, 0, len(text)+16)
	for w := range wordsOf(text) {
		if len(b) > 0 {
			b = append(b, ' ')
		}
		b = append(b, stem(w)...)
	}
	return string(b)
}

// wordsOf yields the runs of letters and digits of a text, in lower case and
// without accents.
func wordsOf(text string) iter.Seq[string] {
	if !isASCII(text) {
		text = strings.Map(func(r rune) rune {
			if unicode.Is(unicode.Mn, r) { // an accent
				return -1
			}
			return r
		}, norm.NFKD.String(strings.ToValidUTF8(text, " ")))
	}
	text = strings.ToLower(text)
	return func(yield func(string) bool) {
		start := -1
		for i, r := range text {
			if isWord(r) {
				if start < 0 {
					start = i
				}
			} else if start >= 0 {
				if !yield(text[start:i]) {
					return
				}
				start = -1
			}
		}
		if start >= 0 {
			yield(text[start:])
		}
	}
}

func isWord(r rune) bool {
	if r < utf8.RuneSelf {
		return r >= 'a' && r <= 'z' || r >= '0' && r <= '9'
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r)
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// usual spells the most frequent short forms the way dictionaries do.
func usual(w string) string {
	switch w {
	case "gak", "ga", "gk", "nggak", "ngga", "enggak", "engga", "g", "tdk", "tak", "kagak", "kaga":
		return "tidak"
	case "yg":
		return "yang"
	case "blm", "blum", "belom":
		return "belum"
	case "sdh", "udah", "udh", "dah":
		return "sudah"
	case "bgt", "bngt", "bget":
		return "banget"
	case "brg":
		return "barang"
	case "krn", "karna":
		return "karena"
	case "dgn":
		return "dengan"
	case "apk", "app", "apps", "apl":
		return "aplikasi"
	case "cs":
		return "customer"
	case "tlg", "tlong":
		return "tolong"
	case "bls", "blas":
		return "balas"
	case "krm", "krim":
		return "kirim"
	case "sampe", "nyampe", "smp":
		return "sampai"
	}
	return w
}

// stem returns the common form of a word. Only words of plain letters have one.
func stem(w string) string {
	w = usual(squeeze(w))
	if len(w) < 5 || !isASCII(w) {
		return w
	}
	w = cut(w, "lah", "kah", "pun")
	w = cut(w, "nya", "ku", "mu")
	w = cut(w, "kan", "an")
	w = cut(w, "i", "s")
	for range 2 { // "memper-", "keber-"
		w = cutPrefix(w)
	}
	if len(w) > 3 && w[0] == 'k' && isVowel(w[1]) {
		return w[1:] // "mengirim" does not tell whether its root begins with k
	}
	return w
}

// squeeze shortens letters that are drawn out: "bangettt" is "banget".
func squeeze(w string) string {
	drawn := func(i int) bool {
		return i >= 2 && w[i] == w[i-1] && w[i] == w[i-2] && w[i] < utf8.RuneSelf && (w[i] < '0' || w[i] > '9') // no parts of a letter, no numbers
	}
	i := 2
	for i < len(w) && !drawn(i) {
		i++
	}
	if i >= len(w) {
		return w
	}
	out := []byte(w[:i-1]) // one of the three
	for ; i < len(w); i++ {
		if !drawn(i) {
			out = append(out, w[i])
		} else if n := len(out); n >= 2 && out[n-1] == w[i] && out[n-2] == w[i] {
			out = out[:n-1]
		}
	}
	return string(out)
}

// cut removes the first of the suffixes that a word ends in, if enough is left.
func cut(w string, suffixes ...string) string {
	last := w[len(w)-1]
	for _, s := range suffixes {
		if s[len(s)-1] == last && len(w) >= len(s)+4 && strings.HasSuffix(w, s) {
			return w[:len(w)-len(s)]
		}
	}
	return w
}

// cutPrefix cuts a prefix from the front, if enough is left; what a nasal
// swallowed comes back where a vowel follows.
func cutPrefix(w string) string {
	switch w[0] { // most words begin otherwise
	case 'b', 'd', 'k', 'm', 'p', 's', 't':
	default:
		return w
	}
	var p, swallowed string
	switch {
	case strings.HasPrefix(w, "meny"), strings.HasPrefix(w, "peny"):
		p, swallowed = w[:4], "s"
	case strings.HasPrefix(w, "meng"), strings.HasPrefix(w, "peng"):
		p = w[:4]
	case strings.HasPrefix(w, "mem"), strings.HasPrefix(w, "pem"):
		p, swallowed = w[:3], "p"
	case strings.HasPrefix(w, "men"), strings.HasPrefix(w, "pen"):
		p, swallowed = w[:3], "t"
	case strings.HasPrefix(w, "ber"), strings.HasPrefix(w, "ter"), strings.HasPrefix(w, "per"):
		p = w[:3]
	case strings.HasPrefix(w, "me"), strings.HasPrefix(w, "di"), strings.HasPrefix(w, "ke"), strings.HasPrefix(w, "se"):
		p = w[:2]
	default:
		return w
	}
	rest := w[len(p):]
	if len(rest) < 3 || len(rest) == 3 && swallowed == "" {
		return w
	}
	if isVowel(rest[0]) {
		return swallowed + rest
	}
	return rest
}

func isVowel(c byte) bool { return c == 'a' || c == 'i' || c == 'u' || c == 'e' || c == 'o' }
