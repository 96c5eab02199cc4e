package alerts

import (
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"

	"pantau/brand"
)

// pickQuotes takes the first quotes that do not repeat one another.
func (w writer) pickQuotes(quotes []brand.Quote, now time.Time) []Quote {
	var picked []Quote
	var seen []map[string]bool
	for _, q := range quotes {
		text := plain(link.ReplaceAllString(head(q.Text, 4*maxQuote), "[link]"), maxQuote)
		words := wordSet(text)
		if text == "" || slices.ContainsFunc(seen, func(s map[string]bool) bool { return similar(s, words) }) {
			continue
		}
		seen = append(seen, words)
		picked = append(picked, Quote{Text: text, Detail: w.quoteDetail(q, now), Why: w.why(q.Words), URL: webAddress(q.URL)})
		if len(picked) == maxQuotes {
			break
		}
	}
	return picked
}

func (w writer) quoteDetail(q brand.Quote, now time.Time) string {
	var stars, age string
	if q.Stars >= 1 && q.Stars <= 5 {
		stars = strings.Repeat("★", q.Stars) + strings.Repeat("☆", 5-q.Stars)
	}
	if !q.PublishedAt.IsZero() {
		age = w.age(q.PublishedAt, now)
	}
	return join(separator, stars, plain(q.Source, maxName), age)
}

func (w writer) why(words []string) string {
	var clean []string
	for _, word := range words {
		word = plain(link.ReplaceAllString(head(word, 4*maxWord), "[link]"), maxWord)
		// A question mark weighs, but it is no word that explains anything.
		if strings.Trim(word, "?!.,…") != "" && !slices.Contains(clean, word) {
			clean = append(clean, word)
		}
	}
	if len(clean) == 0 {
		return ""
	}
	return fill(w.because, "words", strings.Join(clean[:min(len(clean), maxWords)], ", "))
}

func wordSet(text string) map[string]bool {
	set := map[string]bool{}
	for _, word := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsNumber(r)
	}) {
		set[word] = true
	}
	return set
}

// similar reports whether two texts share at least seven of ten words (Jaccard):
// three wordings of one copied complaint are one piece of evidence.
func similar(a, b map[string]bool) bool {
	shared := 0
	for word := range a {
		if b[word] {
			shared++
		}
	}
	return 10*shared >= 7*(len(a)+len(b)-shared)
}

// webAddress returns address if a reader may be sent there, else nothing.
func webAddress(address string) string {
	u, err := url.Parse(address)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" || u.User != nil {
		return ""
	}
	if text := u.String(); text == plain(text, maxURL) { // short, without controls of direction in its query
		return text
	}
	return ""
}
