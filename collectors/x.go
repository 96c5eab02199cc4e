package collectors

import (
	"context"
	"errors"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"pantau/brand"
	"pantau/collectors/fetch"
	"pantau/config"
)

// x searches the posts of the last seven days on X with the operator's own token.
// Every post that is read costs money, so a day has a budget. Posts are asked for
// from the newest to the oldest: what a budget cuts off is remembered and read the
// next day. https://docs.x.com/x-api/posts/search-recent-posts
type x struct {
	query  string
	token  config.Key
	budget int // posts a day, UTC
	pages  int
	client *fetch.Client
}

const (
	xLeast = 10  // fewest posts that the interface gives a page
	xMost  = 100 // most
	xDays  = 7   // how far back it searches
)

func newX(src config.Source, client *fetch.Client) (Collector, error) {
	opts := struct {
		Query  string `toml:"query"`
		Token  string `toml:"token"`
		Budget int    `toml:"budget_posts_per_day"`
		Pages  int    `toml:"pages"`
	}{Pages: 5}
	if err := src.Decode(&opts); err != nil {
		return nil, err
	}
	err := checkPages(src, opts.Pages)
	if n := len(opts.Query); n == 0 || n > 512 {
		err = config.Join(err, src.Errorf("options.query", `has %d characters: write 1 to 512, such as "\"sandang senja\" -is:retweet"`, n))
	}
	if opts.Budget < xLeast || opts.Budget > 100_000 {
		err = config.Join(err, src.Errorf("options.budget_posts_per_day", "%d is not from 10 to 100000: every post that is read costs money, so say how many may be read a day", opts.Budget))
	}
	token, e := src.Key("token", opts.Token)
	return &x{opts.Query, token, opts.Budget, opts.Pages, client}, config.Join(err, e)
}

// xCursor knows what was read: all up to Since, and, while a search is not
// finished, from its newest post Next down to Until.
type xCursor struct {
	Since   string `json:"since,omitempty"`
	Next    string `json:"next,omitempty"`
	Until   string `json:"until_post,omitempty"`
	Through int64  `json:"through,omitempty"` // unix time up to which nothing is missing
	Day     string `json:"day,omitempty"`     // to which Spent belongs
	Spent   int    `json:"spent"`             // posts read that day
	checkpoint
}

type xAnswer struct {
	Data []xPost `json:"data"`
	Meta struct {
		Next string `json:"next_token"`
	} `json:"meta"`
	Errors []struct {
		Detail string `json:"detail"`
	} `json:"errors"`
}

type xPost struct {
	ID      string    `json:"id"`
	Text    string    `json:"text"`
	Author  string    `json:"author_id"`
	Created time.Time `json:"created_at"`
	Edits   []string  `json:"edit_history_tweet_ids"`
	Note    struct {
		Text string `json:"text"`
	} `json:"note_tweet"`
}

// xRun is one run.
type xRun struct {
	*x
	*round
	cursor xCursor
	gap    bool      // posts became too old before they were read
	to     time.Time // end of what this run can cover
}

// Collect implements [Collector].
func (c *x) Collect(ctx context.Context, req Request, emit func(brand.Mention) error) (Report, error) {
	r := &xRun{x: c, round: newRound(req, emit)}
	if err := r.start(&r.cursor, &r.cursor.checkpoint); err != nil {
		return r.fail(ctx, err)
	}
	header, err := bearer(c.token)
	if err != nil {
		return r.fail(ctx, err)
	}
	r.begin()
	if !r.affords() {
		return Report{Cursor: req.Cursor, Status: RateLimited, Reason: fmt.Sprintf("the budget of %d posts is used up until midnight UTC: "+
			"what comes meanwhile is read then; raise budget_posts_per_day or narrow the query", c.budget)}, ctx.Err()
	}
	finished := false
	for n := 0; n < c.pages && !finished && r.affords() && !(req.Probe && n > 0); n++ {
		if finished, err = r.page(ctx, header); err != nil {
			return r.failed(ctx, err)
		}
	}
	return r.done(finished)
}

func (r *xRun) affords() bool { return r.budget-r.cursor.Spent >= xLeast }

// begin opens the day's budget, and forgets posts that the interface no longer
// searches from.
func (r *xRun) begin() {
	c, now := &r.cursor, r.req.Now
	if day := now.UTC().Format(time.DateOnly); day != c.Day {
		c.Day, c.Spent = day, 0
	}
	oldest := now.AddDate(0, 0, -xDays).Add(time.Hour)
	if c.Until != "" && xTime(c.Until).Before(oldest) {
		c.Since, c.Next, c.Until, r.gap = c.Next, "", "", true
	}
	if c.Since != "" && xTime(c.Since).Before(oldest) {
		c.Since = ""
	}
	r.gap = r.gap || c.Through > 0 && c.Through < oldest.Unix()
	if r.to = now; c.Until != "" {
		r.to = xTime(c.Until) // newer posts come when this search is finished
	}
}

// page reads the posts below the oldest that was read; finished says that there
// are no older ones.
func (r *xRun) page(ctx context.Context, header http.Header) (finished bool, err error) {
	var answer xAnswer
	if _, err := getJSON(ctx, r.client, r.address(), header, &answer); err != nil {
		return false, xError(err)
	}
	if len(answer.Data) == 0 && len(answer.Errors) > 0 {
		return false, fmt.Errorf("api.x.com: %s: check the query", quote(answer.Errors[0].Detail, 120))
	}
	c := &r.cursor
	c.Spent += len(answer.Data)
	for _, p := range answer.Data {
		if err := r.keep(p.mention(), p.Created); err != nil {
			return false, err
		}
		if c.Next == "" || newerPost(p.ID, c.Next) {
			c.Next = p.ID
		}
		if c.Until == "" || newerPost(c.Until, p.ID) {
			c.Until = p.ID
		}
	}
	return answer.Meta.Next == "" || len(answer.Data) == 0, nil
}

func (r *xRun) address() string {
	most := min(xMost, r.budget-r.cursor.Spent)
	if r.req.Probe {
		most = xLeast
	}
	q := url.Values{"query": {r.query}, "max_results": {strconv.Itoa(most)}, "tweet.fields": {"created_at,author_id,edit_history_tweet_ids,note_tweet"}}
	if r.cursor.Since != "" {
		q.Set("since_id", r.cursor.Since)
	}
	if r.cursor.Until != "" { // next_token would be of no use the next day
		q.Set("until_id", r.cursor.Until)
	}
	return "https://api.x.com/2/tweets/search/recent?" + q.Encode()
}

// done remembers how far the search came, and covers what it read.
func (r *xRun) done(finished bool) (Report, error) {
	c := &r.cursor
	from := time.Unix(c.Through, 0).UTC()
	if c.Through == 0 || r.gap {
		from = r.req.Now.AddDate(0, 0, -xDays).UTC()
	}
	if finished {
		if c.Through = r.to.Unix(); c.Until != "" && r.to.Before(r.req.Now) {
			c.Through = xTime(c.Next).Unix()
		}
		if c.Next != "" {
			c.Since = c.Next
		}
		c.Next, c.Until = "", ""
	} else {
		from = r.oldest
		r.report.Status = Degraded
		r.report.Reason = fmt.Sprintf("older posts wait for the next run (%d of %d posts of the day are read): narrow the query, or raise pages or budget_posts_per_day", c.Spent, r.budget)
	}
	report, err := r.finish(c, &c.checkpoint, true)
	report.From, report.To, report.Gap = from, r.to, r.gap
	return report, err
}

// failed keeps what was paid for before something broke.
func (r *xRun) failed(ctx context.Context, err error) (Report, error) {
	report, ended := r.fail(ctx, err)
	if ended != nil || r.report.Fetched == 0 {
		return report, ended
	}
	r.cursor.checkpoint = r.last
	report.Cursor, err = marshalCursor(r.cursor)
	return report, err
}

// mention maps a post. An edit gets a new id; the first one stays its identity.
func (p xPost) mention() brand.Mention {
	m := brand.Mention{ExternalID: p.ID, URL: "https://x.com/i/web/status/" + url.PathEscape(p.ID), Text: html.UnescapeString(p.Text), Author: p.Author, PublishedAt: p.Created.UTC()}
	if p.Note.Text != "" {
		m.Text = html.UnescapeString(p.Note.Text)
	}
	if len(p.Edits) > 0 && p.Edits[0] != "" {
		m.ExternalID = p.Edits[0]
	}
	return m
}

// newerPost compares ids, which are numbers too long for some programs and
// therefore texts.
func newerPost(a, b string) bool {
	return len(a) > len(b) || len(a) == len(b) && a > b
}

// xTime returns when a post was written: the upper bits of its id are
// milliseconds since November 2010 ("snowflake").
func xTime(id string) time.Time {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.UnixMilli(n>>22 + 1288834974657)
}

// xError says what the refusals of this interface mean.
func xError(err error) error {
	var fe *fetch.Error
	if !errors.As(err, &fe) {
		return err
	}
	told := *fe
	switch body := string(fe.Body); {
	case fe.Status == http.StatusPaymentRequired, strings.Contains(body, "CreditsDepleted"), strings.Contains(body, "UsageCapExceeded"):
		told.Kind, told.Text = fetch.ErrRateLimited, "the credit or the monthly cap of this account is used up: buy more in X's developer console, or lower budget_posts_per_day"
	case fe.Status == http.StatusUnauthorized:
		told.Kind, told.Text = fetch.ErrBlocked, "the token is not valid: put the bearer token of a project that may search into what options.token names"
	case fe.Status == http.StatusForbidden:
		told.Kind, told.Text = fetch.ErrBlocked, "this token may not search: attach the app to a project with access to recent search"
	case fe.Status == http.StatusBadRequest:
		told.Text = "answered 400 Bad Request: check the query: " + quote(body, 120)
	default:
		return err
	}
	return &told
}
