package alerts

import (
	"math"
	"strings"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/number"
)

// writer puts numbers, dates and durations into words for one [Style].
type writer struct {
	phrases
	language string // as brand.Cause.Name wants it
	zone     *time.Location
	zoneName string
	numbers  *message.Printer
	// reminders is how many reminders a critical incident gets, 0 if unknown.
	reminders int
}

func newWriter(s Style) writer {
	w := writer{phrases: english, zone: s.Zone, zoneName: s.ZoneName, numbers: message.NewPrinter(language.English)}
	if s.Language == "id" {
		w.phrases, w.language, w.numbers = indonesian, "id", message.NewPrinter(language.Indonesian)
	}
	if w.zone == nil {
		w.zone = time.UTC
	}
	return w
}

// count writes whole numbers: 1.234 in Indonesian, 1,234 in English.
func (w writer) count(n int) string { return w.numbers.Sprint(number.Decimal(n)) }

// usual writes an expected count. People cannot use a fraction of a complaint,
// so it is whole from two upwards and "less than 1" below one.
func (w writer) usual(v float64) string {
	switch {
	case v < 1:
		return w.belowOne
	case v < 2:
		return w.decimal(v)
	}
	return w.count(whole(v))
}

// decimal writes at most one digit after the separator.
func (w writer) decimal(v float64) string {
	return w.numbers.Sprint(number.Decimal(v, number.MaxFractionDigits(1)))
}

// percent writes a share between 0 and 1 as a whole percentage.
func (w writer) percent(share float64) string { return w.count(whole(100*share)) + "%" }

// whole rounds and keeps what is not a count (NaN, infinities) within int.
func whole(v float64) int {
	if math.IsNaN(v) {
		return 0
	}
	return int(math.Round(min(max(v, -1e9), 1e9)))
}

// date writes day, date, time and zone: "Sabtu, 21 Nov 2026 14.05 WIB" or
// "Sat 21 Nov 2026 14:05 WIB".
func (w writer) date(t time.Time) string {
	t = t.In(w.zone)
	return fill(w.dateForm,
		"weekday", w.weekdays[t.Weekday()],
		"day", t.Format("2"),
		"month", w.months[t.Month()-1],
		"year", t.Format("2006"),
		"clock", t.Format(w.clockForm),
		"zone", w.zoneOf(t))
}

// clock writes the time of day, with the weekday or the whole date when it is
// not the day of near.
func (w writer) clock(t, near time.Time) string {
	t, near = t.In(w.zone), near.In(w.zone)
	text := t.Format(w.clockForm) + " " + w.zoneOf(t)
	switch apart := t.Sub(near).Abs(); {
	case apart < 24*time.Hour && t.Day() == near.Day():
		return text
	case apart < 6*24*time.Hour:
		return w.weekdays[t.Weekday()] + " " + text
	}
	return w.date(t)
}

// zoneOf names the zone. Names of the database, such as Asia/Jakarta, are not
// what people say.
func (w writer) zoneOf(t time.Time) string {
	if w.zoneName != "" && !strings.Contains(w.zoneName, "/") {
		return w.zoneName
	}
	return t.Format("MST")
}

// duration writes the two leading units: "1 hari 20 jam", "38 minutes",
// "less than a minute".
func (w writer) duration(d time.Duration) string {
	minutes := int(max(d, 0).Round(time.Minute) / time.Minute)
	days, hours, minutes := minutes/1440, minutes/60%24, minutes%60
	switch {
	case days+hours+minutes == 0:
		return w.instant
	case days > 0 && hours > 0:
		return w.unit(days, w.day) + " " + w.unit(hours, w.hour)
	case days > 0:
		return w.unit(days, w.day)
	case hours > 0 && minutes > 0:
		return w.unit(hours, w.hour) + " " + w.unit(minutes, w.minute)
	case hours > 0:
		return w.unit(hours, w.hour)
	}
	return w.unit(minutes, w.minute)
}

// window writes the length of a window in hours up to three days, because
// "24 jam terakhir" is what people say, and "1 hari terakhir" may mean today.
func (w writer) window(d time.Duration) string {
	if hours := int(d.Round(time.Hour) / time.Hour); hours > 0 && hours <= 72 {
		return w.unit(hours, w.hour)
	}
	return w.duration(d)
}

// age writes how long ago t was, in one unit: an age is a hint, not a measure.
func (w writer) age(t, now time.Time) string {
	d := now.Sub(t)
	switch {
	case d < time.Minute:
		return w.justNow
	case d < time.Hour:
		return fill(w.ago, "age", w.unit(int(d/time.Minute), w.minute))
	case d < 48*time.Hour:
		return fill(w.ago, "age", w.unit(int(d/time.Hour), w.hour))
	}
	return fill(w.ago, "age", w.unit(int(d/(24*time.Hour)), w.day))
}

// unit writes a count with its noun, singular for one.
func (w writer) unit(n int, noun [2]string) string {
	if n == 1 {
		return "1 " + noun[0]
	}
	return w.count(n) + " " + noun[1]
}

// Borders of the ladder of words for how rare an incident is, in days. Beyond
// five years nobody has the data to say more, so nothing more is said.
const (
	monthDays    = 30.0
	yearDays     = 365.0
	fiveYearDays = 5 * yearDays
)

// rarity says in words how often chance alone makes such a window, given the
// score in decades of days. Below a month it says nothing.
func (w writer) rarity(score float64) string {
	days := math.Pow(10, score)
	switch {
	case !(days >= monthDays): // NaN too
		return ""
	case days < yearDays:
		return fill(w.rare, "period", w.unit(int(days/monthDays), w.month))
	case days < fiveYearDays:
		return fill(w.veryRare, "period", w.unit(int(days/yearDays), w.year))
	}
	return w.rarest
}

// fill replaces {name} by its value, all at once, so that a value that looks
// like a placeholder stays as it is.
func fill(form string, pairs ...string) string {
	for i := 0; i < len(pairs); i += 2 {
		pairs[i] = "{" + pairs[i] + "}"
	}
	return strings.NewReplacer(pairs...).Replace(form)
}
