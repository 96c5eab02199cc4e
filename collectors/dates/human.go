package dates

import (
	"strconv"
	"strings"
	"time"
	"unicode"
)

// human reads what people read. now is in zone already.
func human(text string, now time.Time, zone *time.Location) (time.Time, Unit, bool) {
	p := parser{now: now, zone: zone, clock: -1, unit: Day}
	for i, words := 0, split(text); i < len(words); {
		n := p.take(words[i:])
		if n == 0 {
			return time.Time{}, 0, false
		}
		i += n
	}
	return p.result()
}

// parser collects what the words of a date say.
type parser struct {
	now              time.Time
	zone             *time.Location
	year, month, day int
	clock            time.Duration // since midnight, -1 when not named
	at               time.Time     // result of a relative form
	unit             Unit
}

// split cuts text into lower-case words and numbers; a number keeps its inner
// separators, so that 14:30 and 12/05/2026 stay whole.
func split(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return unicode.IsSpace(r) || r == ',' || r == '|' || r == '(' || r == ')' || r == '•' || r == '·' || r == '–'
	})
}

// take reads the first word or words and returns how many; zero means that this
// is not a date.
func (p *parser) take(words []string) int {
	word := strings.TrimRight(words[0], ".-")
	for _, read := range []func(string) bool{p.filler, p.weekday, p.monthName, p.clockTime, p.numeric, p.named, p.zoneName} {
		if read(word) {
			return 1
		}
	}
	return p.relative(words)
}

func (p *parser) filler(word string) bool {
	switch word {
	case "", "dibuat", "ditulis", "diedit", "diubah", "diperbarui", "sudah", "pada", "tanggal", "tgl", "pukul", "jam", "pkl", "di", "terbit", "diterbitkan",
		"posted", "on", "at", "the", "of", "edited", "updated", "published", "reviewed":
		return true
	}
	return false
}

var weekdays = map[string]bool{
	"senin": true, "selasa": true, "rabu": true, "kamis": true, "jumat": true, "jum'at": true, "jum’at": true, "sabtu": true, "minggu": true, "ahad": true,
	"sen": true, "sel": true, "rab": true, "kam": true, "jum": true, "sab": true, "min": true,
	"monday": true, "tuesday": true, "wednesday": true, "thursday": true, "friday": true, "saturday": true, "sunday": true,
	"mon": true, "tue": true, "tues": true, "wed": true, "thu": true, "thur": true, "thurs": true, "fri": true, "sat": true, "sun": true,
}

func (p *parser) weekday(word string) bool { return weekdays[word] }

var months = map[string]int{
	"januari": 1, "january": 1, "jan": 1, "februari": 2, "pebruari": 2, "february": 2, "feb": 2, "peb": 2, "maret": 3, "march": 3, "mar": 3, "mrt": 3,
	"april": 4, "apr": 4, "mei": 5, "may": 5, "juni": 6, "june": 6, "jun": 6, "juli": 7, "july": 7, "jul": 7,
	"agustus": 8, "august": 8, "agt": 8, "agu": 8, "ags": 8, "agst": 8, "aug": 8, "september": 9, "sept": 9, "sep": 9,
	"oktober": 10, "october": 10, "okt": 10, "oct": 10, "november": 11, "nopember": 11, "nov": 11, "nop": 11,
	"desember": 12, "december": 12, "des": 12, "dec": 12,
}

func (p *parser) monthName(word string) bool {
	if m, ok := months[word]; ok && p.month == 0 {
		p.month = m
		return true
	}
	// 12-Mei-2026, 12/Mei/2026
	parts := strings.FieldsFunc(word, func(r rune) bool { return r == '-' || r == '/' })
	if len(parts) != 3 || months[parts[1]] == 0 || p.month != 0 {
		return false
	}
	p.month = months[parts[1]]
	return p.number(parts[0]) && p.number(parts[2])
}

// clockTime reads 14:30, 14.30, 14:30:05 and 2:30pm.
func (p *parser) clockTime(word string) bool {
	word, pm := strings.CutSuffix(word, "pm")
	word, am := strings.CutSuffix(word, "am")
	sep := ":"
	if !strings.Contains(word, sep) {
		sep = "."
	}
	parts := strings.Split(word, sep)
	if p.clock >= 0 || len(parts) < 2 || len(parts) > 3 {
		return p.halfDay(pm || am, pm, word)
	}
	limits := [...]int{23, 59, 59}
	total := 0
	for i, part := range parts {
		n, err := strconv.Atoi(part)
		if err != nil || n < 0 || n > limits[i] || len(part) > 2 {
			return false
		}
		total = total*60 + n
	}
	p.unit = Second
	if len(parts) == 2 {
		total *= 60
		p.unit = Minute
	}
	p.clock = time.Duration(total) * time.Second
	return p.noon(am, pm)
}

// halfDay reads am and pm as words of their own, after the time.
func (p *parser) halfDay(marked, pm bool, rest string) bool {
	return marked && rest == "" && p.clock >= 0 && p.noon(!pm, pm)
}

func (p *parser) noon(am, pm bool) bool {
	const noon = 12 * time.Hour
	switch {
	case pm && p.clock < noon:
		p.clock += noon
	case am && p.clock >= noon && p.clock < noon+time.Hour:
		p.clock -= noon
	}
	return true
}

// numeric reads a lone day or year, and dates in numbers with the day first.
func (p *parser) numeric(word string) bool {
	parts := strings.FieldsFunc(word, func(r rune) bool { return r == '/' || r == '-' || r == '.' })
	if len(parts) == 3 && p.day == 0 && p.month == 0 {
		m, err := strconv.Atoi(parts[1])
		d, err2 := strconv.Atoi(parts[0])
		if err != nil || err2 != nil {
			return false
		}
		if m > 12 && d <= 12 { // 05/24/2026 cannot be anything else
			m, parts[0] = d, parts[1]
		}
		p.month = m
		return p.number(parts[0]) && p.year == 0 && p.number(fullYear(parts[2]))
	}
	return false
}

// fullYear completes a year of two digits.
func fullYear(s string) string {
	if len(s) == 2 {
		return "20" + s
	}
	return s
}

// number takes a day (with an English ordinal) or a year of four digits.
func (p *parser) number(word string) bool {
	for _, ordinal := range []string{"st", "nd", "rd", "th"} {
		word = strings.TrimSuffix(word, ordinal)
	}
	if !isDigits(word) {
		return false
	}
	n, err := strconv.Atoi(word)
	switch {
	case err != nil:
		return false
	case len(word) == 4 && p.year == 0:
		p.year = n
	case len(word) <= 2 && n >= 1 && n <= 31 && p.day == 0:
		p.day = n
	default:
		return false
	}
	return true
}

// zoneName reads WIB, WITA, WIT, UTC, +0700, GMT+7 after a time.
func (p *parser) zoneName(word string) bool {
	zone := zoneOf(word)
	if zone == nil {
		zone = offset(strings.TrimPrefix(strings.TrimPrefix(word, "gmt"), "utc"))
	}
	if zone == nil || p.clock < 0 {
		return false
	}
	p.zone = zone
	return true
}

// offset reads +7, +07, +0700 and +07:00, or returns nil.
func offset(word string) *time.Location {
	if len(word) < 2 || word[0] != '+' && word[0] != '-' {
		return nil
	}
	digits := strings.Replace(word[1:], ":", "", 1)
	if len(digits) <= 2 {
		digits += "00"
	}
	n, err := strconv.Atoi(digits)
	if err != nil || n > 1400 || n%100 > 59 {
		return nil
	}
	seconds := n/100*3600 + n%100*60
	if word[0] == '-' {
		seconds = -seconds
	}
	return time.FixedZone(strings.ToUpper(word), seconds)
}

// named reads words for a moment near now.
func (p *parser) named(word string) bool {
	switch word {
	case "kemarin", "kmrn", "yesterday":
		p.at = p.now.AddDate(0, 0, -1)
	case "today":
		p.at = p.now
	case "sekarang", "now", "barusan":
		p.at, p.unit = p.now, Second
	default:
		return false
	}
	return true
}

// result puts the parts together.
func (p *parser) result() (time.Time, Unit, bool) {
	switch {
	case !p.at.IsZero() && (p.day != 0 || p.month != 0 || p.year != 0):
		return time.Time{}, 0, false
	case !p.at.IsZero():
		if p.clock >= 0 {
			y, m, d := p.at.In(p.zone).Date()
			return time.Date(y, m, d, 0, 0, 0, 0, p.zone).Add(p.clock), p.unit, true
		}
		return p.at, p.unit, true
	case p.month < 1 || p.month > 12:
		return time.Time{}, 0, false
	}
	return p.calendar()
}

func (p *parser) calendar() (time.Time, Unit, bool) {
	clock := max(p.clock, 0)
	if p.day == 0 {
		if p.year == 0 {
			return time.Time{}, 0, false
		}
		return time.Date(p.year, time.Month(p.month), 1, 0, 0, 0, 0, p.zone), Month, p.clock < 0
	}
	year := p.year
	if year == 0 { // the last such day that is not in the future
		year = p.now.Year()
		if time.Date(year, time.Month(p.month), p.day, 0, 0, 0, 0, p.zone).After(p.now) {
			year--
		}
	}
	t := time.Date(year, time.Month(p.month), p.day, 0, 0, 0, 0, p.zone)
	if t.Day() != p.day { // 31 June
		return time.Time{}, 0, false
	}
	return t.Add(clock), p.unit, true
}
