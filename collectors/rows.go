package collectors

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"

	"pantau/brand"
	"pantau/collectors/clean"
	"pantau/collectors/dates"
)

// The fields of a mention that a column can fill, as map.* names them.
const (
	fieldID = iota
	fieldTime
	fieldText
	fieldStars
	fieldTitle
	fieldAuthor
	fieldURL
	fieldVersion
	fieldPlace
	fieldReply
	fieldRepliedAt
	fieldCount
)

var fieldNames = [fieldCount]string{"id", "time", "text", "stars", "title", "author", "url", "version", "place", "reply", "replied_at"}

// usualNames are headings that exports use, reduced by [plainName]: those of
// Play Console, App Store Connect, google-play-scraper and Indonesian sheets.
var usualNames = [fieldCount][]string{
	fieldID:        {"id", "reviewid", "externalid", "ulasanid"},
	fieldTime:      {"time", "at", "date", "datetime", "reviewsubmitdateandtime", "createdat", "createddate", "publishedat", "tanggal", "waktu", "tanggalulasan"},
	fieldText:      {"text", "content", "reviewtext", "review", "body", "comment", "ulasan", "komentar", "isi", "isiulasan", "teks"},
	fieldStars:     {"stars", "rating", "score", "starrating", "bintang", "nilai"},
	fieldTitle:     {"title", "reviewtitle", "judul"},
	fieldAuthor:    {"author", "username", "reviewernickname", "nickname", "nama", "pengguna"},
	fieldURL:       {"url", "link", "reviewlink", "tautan"},
	fieldVersion:   {"version", "appversionname", "appversion", "reviewcreatedversion", "versi"},
	fieldPlace:     {"place", "city", "kota", "lokasi"},
	fieldReply:     {"reply", "replycontent", "developerreplytext", "developerresponse", "balasan", "balasanpenjual"},
	fieldRepliedAt: {"repliedat", "developerreplydateandtime", "tanggalbalasan"},
}

func plainName(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// columns chooses for each field the column that fills it, -1 for none. The
// required ones must be there.
func columns(names []string, mapped map[string]string, required ...int) ([fieldCount]int, error) {
	var chosen [fieldCount]int
	for f := range chosen {
		chosen[f] = -1
		if want, ok := mapped[fieldNames[f]]; ok {
			if chosen[f] = indexOf(names, want); chosen[f] < 0 {
				return chosen, fmt.Errorf("no column %q; there are: %s; correct map.%s", want, quote(strings.Join(names, ", "), 200), fieldNames[f])
			}
			continue
		}
		for _, usual := range usualNames[f] {
			if i := indexPlain(names, usual); i >= 0 {
				chosen[f] = i
				break
			}
		}
	}
	for _, f := range required {
		if chosen[f] < 0 {
			return chosen, fmt.Errorf("no column for the %s; there are: %s; name yours with map.%s", fieldNames[f], quote(strings.Join(names, ", "), 200), fieldNames[f])
		}
	}
	return chosen, nil
}

func indexOf(names []string, want string) int {
	for i, n := range names {
		if strings.EqualFold(strings.TrimSpace(n), want) {
			return i
		}
	}
	return -1
}

func indexPlain(names []string, want string) int {
	for i, n := range names {
		if plainName(n) == want {
			return i
		}
	}
	return -1
}

// quote returns the beginning of foreign text for a message: one line, escaped,
// and without personal data, because messages go to logs.
func quote(s string, most int) string {
	text := clean.Redact(clean.Line(s))
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "…"
	}
	return strconv.Quote(text)
}

// table reads delimited rows below a line of headings.
func (r *fileRun) table(in *csvReader, mapped map[string]string) error {
	head, line, err := in.read()
	if err != nil {
		return fmt.Errorf("%s:%d: the headings: %w", r.name, line, err)
	}
	required, score := []int{fieldTime, fieldText}, -1
	if r.nps != "" {
		required = required[:1]
		if score = indexOf(head, r.nps); score < 0 {
			return fmt.Errorf("%s:%d: no column %q; there are: %s; correct nps", r.name, line, r.nps, quote(strings.Join(head, ", "), 200))
		}
	}
	chosen, err := columns(head, mapped, required...)
	if err != nil {
		return fmt.Errorf("%s:%d: %w", r.name, line, err)
	}
	for {
		row, line, err := in.read()
		where := func() string { return fmt.Sprintf("%s:%d", r.name, line) }
		switch {
		case err == io.EOF:
			return nil
		case errors.Is(err, errCut), errors.Is(err, errOpenQuote), errors.Is(err, errColumns):
			r.report.Fetched++
			r.report.reject(where(), "%v", err)
			continue
		case err != nil:
			return fmt.Errorf("%s: %w", where(), err)
		}
		var values [fieldCount]string
		for f, column := range chosen {
			if column >= 0 && column < len(row) {
				values[f] = row[column]
			}
		}
		if score >= 0 {
			given := ""
			if score < len(row) {
				given = row[score]
			}
			err = r.keepAnswer(where, values, given, contentID(row...))
		} else {
			err = r.keep(where, values)
		}
		if err != nil {
			return err
		}
	}
}

// keepAnswer checks a row of a survey and hands out its answer. Its comment, if
// there is one, is not what the survey measures: another source can read it.
func (r *fileRun) keepAnswer(where func() string, values [fieldCount]string, given, content string) error {
	r.report.Fetched++
	at, _, ok := r.time(where, strings.TrimSpace(values[fieldTime]))
	if !ok {
		return nil
	}
	whole, scale, scaled := strings.Cut(strings.TrimSpace(given), "/")
	score, err := strconv.ParseFloat(strings.Replace(strings.TrimSpace(whole), ",", ".", 1), 64)
	if err != nil || scaled && strings.TrimSpace(scale) != "10" || score != math.Trunc(score) || !(score >= 0 && score <= 10) {
		r.report.reject(where(), "%s %s is not a whole number from 0 to 10; correct it or delete the row", r.nps, quote(given, 40))
		return nil
	}
	id := strings.TrimSpace(values[fieldID])
	if id == "" {
		id = content // the same row in another export is the same answer
	}
	r.report.cover(at)
	if r.answer == nil {
		return nil
	}
	r.stopped = r.answer(brand.Answer{ExternalID: id, At: at, Score: int(score)})
	return r.stopped
}

// time reads the time of a row, and rejects the row when there is none; dayEnd as in
// [brand.Mention].
func (r *fileRun) time(where func() string, text string) (at, dayEnd time.Time, ok bool) {
	at, unit, ok := dates.Parse(text, r.now, r.zone)
	switch {
	case !ok && text == "":
		r.report.reject(where(), "no time; add one, such as 2026-11-21 08:00:00")
	case !ok:
		r.report.reject(where(), "time %s is not a date; write it like 2026-11-21 08:00:00", quote(text, 40))
	}
	at, dayEnd = dates.Span(at, unit, r.zone)
	return at, dayEnd, ok
}

// keep checks the values of a row and emits the mention.
func (r *fileRun) keep(where func() string, values [fieldCount]string) error {
	r.report.Fetched++
	for i, v := range values {
		values[i] = strings.TrimSpace(strings.ToValidUTF8(v, "\uFFFD"))
	}
	m := brand.Mention{ExternalID: values[fieldID], URL: values[fieldURL], Title: values[fieldTitle], Text: values[fieldText],
		Author: values[fieldAuthor], Version: values[fieldVersion], Place: values[fieldPlace], Reply: values[fieldReply]}
	var ok bool
	if m.PublishedAt, m.DayEnd, ok = r.time(where, values[fieldTime]); !ok {
		return nil
	}
	if m.Text == "" {
		r.report.reject(where(), "no text; add one or delete the row")
		return nil
	}
	if m.Stars, ok = parseStars(values[fieldStars]); !ok {
		m.Stars = 0
		r.report.warn(where(), "kept without stars: %s is not a number from 1 to 5; correct it or leave it empty", quote(values[fieldStars], 40))
	}
	if t, unit, ok := dates.Parse(values[fieldRepliedAt], r.now, r.zone); ok {
		m.RepliedAt = dates.Latest(t, unit, r.now, r.zone)
	}
	if m.ExternalID == "" {
		m.ExternalID = contentID(values[fieldTime], m.Author, m.Title, m.Text)
	}
	r.report.cover(m.PublishedAt)
	if !m.DayEnd.IsZero() { // the row is of any hour of its day
		r.report.cover(dates.Latest(m.PublishedAt.In(r.zone), dates.Day, r.now, r.zone))
	}
	if err := r.emit(m); err != nil {
		r.stopped = err
		return err
	}
	return nil
}

// contentID identifies an item whose source gives it no identity. An edit makes
// a new item.
func contentID(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:10])
}

// parseStars reads 4, 4.0, "4,0", 4/5, ★★★★☆ and "4 bintang". No rating is 0.
func parseStars(s string) (int, bool) {
	switch strings.ToLower(s) {
	case "", "-", "0", "0.0", "null", "none", "nan", "n/a":
		return 0, true
	}
	if n := strings.Count(s, "★") + strings.Count(s, "⭐"); n > 0 {
		return n, n <= 5
	}
	s, _, _ = strings.Cut(s, " ")
	s, scale, ok := strings.Cut(strings.Replace(s, ",", ".", 1), "/")
	if ok && scale != "5" {
		return 0, false
	}
	n, err := strconv.ParseFloat(s, 64)
	if err != nil || !(n >= 0.5 && n <= 5) {
		return 0, false
	}
	return int(math.Round(n)), true
}
