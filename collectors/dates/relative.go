package dates

import (
	"strconv"
	"strings"
	"time"
)

// units are what relative forms count. Abbreviations are those of shops and maps.
var units = map[string]Unit{
	"detik": Second, "dtk": Second, "second": Second, "seconds": Second, "sec": Second, "secs": Second, "s": Second,
	"menit": Minute, "mnt": Minute, "minute": Minute, "minutes": Minute, "min": Minute, "mins": Minute, "m": Minute,
	"jam": Hour, "hour": Hour, "hours": Hour, "hr": Hour, "hrs": Hour, "h": Hour, "j": Hour,
	"hari": Day, "hri": Day, "day": Day, "days": Day, "d": Day,
	"minggu": week, "mgg": week, "pekan": week, "week": week, "weeks": week, "w": week,
	"bulan": Month, "bln": Month, "month": Month, "months": Month, "mo": Month,
	"tahun": Year, "thn": Year, "year": Year, "years": Year, "yr": Year, "y": Year,
}

// week is not exact to the day, but nothing between day and month is worth
// a unit of its own.
const week Unit = 100

// relative reads "3 hari (yang) lalu", "sejam lalu", "an hour ago", "baru saja",
// "hari ini" and a lone day or year, and returns how many words it took.
func (p *parser) relative(words []string) int {
	if n := p.phrase(words); n > 0 {
		return n
	}
	count, unit, n := amount(words)
	if n == 0 || !p.at.IsZero() {
		return p.lone(words[0])
	}
	ago := suffix(words[n:])
	if ago == 0 {
		return p.lone(words[0])
	}
	if strings.HasSuffix(words[n-1], "hr") && words[n] != "ago" {
		unit = Day // "hr" is hari in Indonesian and hour in English
	}
	p.at = back(p.now, count, unit)
	p.unit = unit
	if unit == week {
		p.unit = Day
	}
	return n + ago
}

func (p *parser) lone(word string) int {
	if p.number(strings.Trim(word, ".")) {
		return 1
	}
	return 0
}

// phrase reads fixed phrases of two words.
func (p *parser) phrase(words []string) int {
	if len(words) < 2 || !p.at.IsZero() {
		return 0
	}
	switch words[0] + " " + words[1] {
	case "baru saja", "just now":
		p.at, p.unit = p.now, Second
	case "hari ini":
		p.at = p.now
	case "kemarin lusa", "kemarin dulu":
		p.at = p.now.AddDate(0, 0, -2)
	default:
		return 0
	}
	return 2
}

// amount reads "3 hari", "3d", "sehari", "a day" and returns the words it took.
func amount(words []string) (count int, unit Unit, n int) {
	first := words[0]
	if u, ok := units[strings.TrimPrefix(first, "se")]; ok && strings.HasPrefix(first, "se") {
		return 1, u, 1
	}
	digits := first[:len(first)-len(strings.TrimLeft(first, "0123456789"))]
	unitWord, n := first[len(digits):], 1
	if digits == "" || unitWord == "" {
		if len(words) < 2 {
			return 0, 0, 0
		}
		unitWord, n = strings.Trim(words[1], "."), 2
	}
	u, ok := units[unitWord]
	switch first {
	case "a", "an", "satu", "one":
		count = 1
	default:
		var err error
		if count, err = strconv.Atoi(digits); err != nil || count > maxCount {
			ok = false
		}
	}
	if !ok {
		return 0, 0, 0
	}
	return count, u, n
}

// maxCount is more than any page counts back, and so few seconds or years that no
// time overflows.
const maxCount = 100_000

// suffix returns how many words say that the amount lies in the past.
func suffix(words []string) int {
	switch {
	case len(words) > 0 && (words[0] == "lalu" || words[0] == "ago" || words[0] == "silam"):
		return 1
	case len(words) > 1 && words[0] == "yang" && (words[1] == "lalu" || words[1] == "silam"),
		len(words) > 1 && words[0] == "yg" && words[1] == "lalu":
		return 2
	}
	return 0
}

func back(now time.Time, count int, unit Unit) time.Time {
	switch unit {
	case Second:
		return now.Add(-time.Duration(count) * time.Second)
	case Minute:
		return now.Add(-time.Duration(count) * time.Minute)
	case Hour:
		return now.Add(-time.Duration(count) * time.Hour)
	case Day:
		return now.AddDate(0, 0, -count)
	case week:
		return now.AddDate(0, 0, -7*count)
	case Month:
		return now.AddDate(0, -count, 0)
	}
	return now.AddDate(-count, 0, 0)
}
