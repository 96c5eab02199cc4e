package collectors

import (
	"regexp"
	"strings"
	"time"

	"github.com/mmcdole/gofeed"

	"pantau/brand"
)

// feedPreset is what Pantau knows of a site with a feed.
type feedPreset struct {
	url    string
	pages  int
	answer func(item *gofeed.Item) (title string, ok bool) // title of the letter that an item answers
	notice *regexp.Regexp                                  // lines that the site adds to every text
}

// feedPresets are the sites that preset names. It is never changed.
var feedPresets = map[string]feedPreset{
	// Letters of customers, and the answers of companies as posts of their own.
	"mediakonsumen": {url: "https://mediakonsumen.com/feed", pages: 5, answer: mediaKonsumenAnswer,
		notice: regexp.MustCompile(`(?mi)^.*(?:artikel ini (?:adalah )?buatan pengguna|the post .+ (?:appeared first on|first appeared on) ).*$`)},
}

var quotedTitle = regexp.MustCompile(`(?i)^tanggapan\b[^"“”]*["“”](.+)["“”]`)

// mediaKonsumenAnswer recognises the answer of a company by its category or its
// path, and takes the title of the letter out of its own.
func mediaKonsumenAnswer(item *gofeed.Item) (title string, ok bool) {
	ok = strings.Contains(item.Link, "/tanggapan/")
	for _, c := range item.Categories {
		ok = ok || strings.EqualFold(strings.TrimSpace(c), "tanggapan")
	}
	found := quotedTitle.FindStringSubmatch(item.Title)
	if !ok || found == nil {
		return "", ok
	}
	return found[1], true
}

// feedAnswers joins the answers of companies to their letters. A feed has the
// newest first, so an answer comes before its letter.
type feedAnswers struct {
	open map[string]feedAnswer // by the plain title of the letter
}

type feedAnswer struct {
	text string
	at   time.Time
	news bool // came since the last run
}

func (a *feedAnswers) add(title string, m brand.Mention, news bool) {
	if a.open == nil {
		a.open = map[string]feedAnswer{}
	}
	if key := plainName(title); key != "" {
		a.open[key] = feedAnswer{m.Text, m.PublishedAt, news}
	}
}

// join adds the answer to the letter m, if there is one.
func (a *feedAnswers) join(m *brand.Mention) {
	key := plainName(m.Title)
	if answer, ok := a.open[key]; ok {
		m.Reply, m.RepliedAt = answer.text, answer.at
		delete(a.open, key)
	}
}

// wanted reports whether an answer is new and its letter not found yet: it is worth
// an older page.
func (a *feedAnswers) wanted() bool {
	for _, answer := range a.open {
		if answer.news {
			return true
		}
	}
	return false
}
