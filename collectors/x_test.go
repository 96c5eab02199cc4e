package collectors

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pantau/brand"
)

// xServer searches invented posts as the interface does: newest first, above
// since_id, below until_id, max_results a page, no older than seven days.
type xServer struct {
	t     *testing.T
	now   time.Time
	posts []string // ids, newest first
	read  map[string]int
}

func (s *xServer) RoundTrip(req *http.Request) (*http.Response, error) {
	q := req.URL.Query()
	most, err := strconv.Atoi(q.Get("max_results"))
	if err != nil || most < 10 || most > 100 || req.Header.Get("Authorization") == "" {
		s.t.Errorf("the interface would refuse %s", req.URL)
	}
	if since := q.Get("since_id"); since != "" && xTime(since).Before(s.now.AddDate(0, 0, -7)) {
		s.t.Errorf("since_id %s is older than seven days", since)
	}
	var answer xAnswer
	for _, id := range s.posts {
		at := xTime(id)
		switch {
		case at.After(s.now), at.Before(s.now.AddDate(0, 0, -7)), q.Get("since_id") != "" && !newerPost(id, q.Get("since_id")),
			q.Get("until_id") != "" && !newerPost(q.Get("until_id"), id):
			continue
		}
		if len(answer.Data) == most {
			answer.Meta.Next = "more"
			break
		}
		answer.Data = append(answer.Data, xPost{ID: id, Text: "post " + id, Author: "1", Created: at})
	}
	s.read[s.now.Format(time.DateOnly)] += len(answer.Data)
	body, err := json.Marshal(answer)
	if err != nil {
		s.t.Fatal(err)
	}
	return everywhere{body: string(body)}.RoundTrip(req)
}

func xID(at time.Time) string { return strconv.FormatInt((at.UnixMilli()-1288834974657)<<22, 10) }

// TestXBudget runs a week of posts with a burst through a small budget: no day
// reads more than was allowed, and in the end nothing is missing.
func TestXBudget(t *testing.T) {
	const budget = 120
	s := &xServer{t: t, read: map[string]int{}}
	start := testNow.Truncate(24 * time.Hour)
	for i := range 400 {
		at := start.Add(time.Duration(i) * 24 * time.Minute) // sixty a day
		if i >= 100 && i < 300 {
			at = start.Add(40*time.Hour + time.Duration(i)*time.Minute) // and 200 within a few hours
		}
		s.posts = append(s.posts, xID(at))
	}
	slices.SortFunc(s.posts, func(a, b string) int { return xTime(b).Compare(xTime(a)) })
	seen, cursor, waiting := map[string]bool{}, "", 0
	inFakeTime(t, func(t *testing.T) {
		c, err := New(source(t, "x", fmt.Sprintf("query = \"a\"\ntoken = \"file:testdata/x/token-for-tests\"\nbudget_posts_per_day = %d\npages = 1", budget)), clientFor(s))
		if err != nil {
			t.Fatal(err)
		}
		for hour := range 10 * 24 {
			s.now = start.Add(time.Duration(hour)*time.Hour + time.Minute)
			report, err := c.Collect(context.Background(), Request{Now: s.now, Cursor: cursor}, func(m brand.Mention) error {
				seen[m.ExternalID] = true
				return nil
			})
			if err != nil || report.Status == Failed || report.Gap || report.To.After(s.now) || report.From.After(report.To) {
				t.Fatalf("%s: %+v, %v", s.now, report, err)
			}
			if report.Status == RateLimited {
				waiting++
				if !strings.Contains(report.Reason, "budget of 120 posts") || !report.To.IsZero() {
					t.Errorf("%+v does not say that the budget is used up", report)
				}
			}
			cursor = report.Cursor
		}
	})
	for day, n := range s.read {
		if n > budget {
			t.Errorf("%s: %d posts were read, the budget is %d", day, n, budget)
		}
	}
	if len(seen) != len(s.posts) || waiting == 0 {
		t.Errorf("%d of %d posts came, %d runs had to wait: want all of them, and a burst that the budget cut off", len(seen), len(s.posts), waiting)
	}
}

// TestXForgets has a source that was switched off for ten days.
func TestXForgets(t *testing.T) {
	old := testNow.AddDate(0, 0, -10)
	s := &xServer{t: t, now: testNow, read: map[string]int{}, posts: []string{xID(testNow.Add(-time.Hour))}}
	cursor := fmt.Sprintf(`{"since":%q,"through":%d,"items":1,"until":%d}`, xID(old), old.Unix(), old.Unix())
	mentions, report := run(t, "x", interfaces["x"], s, Request{Now: testNow, Cursor: cursor})
	if len(mentions) != 1 || !report.Gap || report.Status != Fresh || !report.From.Equal(testNow.AddDate(0, 0, -7)) {
		t.Errorf("%d mentions, %+v: want seven days and a gap", len(mentions), report)
	}
}

func TestXRefusals(t *testing.T) {
	tests := []struct {
		name   string
		answer everywhere
		status Status
		want   string
	}{
		{"no credit", everywhere{status: 402, body: `{"title":"CreditsDepleted"}`}, RateLimited, "buy more"},
		{"monthly cap", everywhere{status: 429, body: `{"title":"UsageCapExceeded","period":"Monthly"}`}, RateLimited, "monthly cap"},
		{"wrong token", everywhere{status: 401, body: `{"title":"Unauthorized"}`}, Blocked, "the token is not valid"},
		{"no project", everywhere{status: 403, body: `{"reason":"client-not-enrolled"}`}, Blocked, "may not search"},
		{"wrong query", everywhere{status: 400, body: `{"errors":[{"message":"Ambiguous use of and"}]}`}, Failed, "check the query"},
		{"errors with 200", everywhere{body: `{"errors":[{"detail":"Invalid operator"}],"meta":{"result_count":0}}`}, Failed, "Invalid operator"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, report := run(t, "x", interfaces["x"], tt.answer, Request{Now: testNow})
			if report.Status != tt.status || !strings.Contains(report.Reason, tt.want) || strings.Contains(report.Reason, "for-tests") {
				t.Errorf("%s %q, want %s and %q, and no token", report.Status, report.Reason, tt.status, tt.want)
			}
		})
	}
}

func TestGBPOriginal(t *testing.T) {
	for in, want := range map[string]string{
		"Kasirnya cuek": "Kasirnya cuek",
		"(Translated by Google) The cashier ignored us\n\n(Original)\nKasirnya cuek": "Kasirnya cuek",
		"Kasirnya cuek\n\n(Translated by Google)\nThe cashier ignored us":            "Kasirnya cuek",
		"Parfum (Original) katanya": "Parfum (Original) katanya",
		"":                          "",
	} {
		if got := gbpOriginal(in); got != want {
			t.Errorf("gbpOriginal(%q) = %q, want %q", in, got, want)
		}
	}
}

// TestGBPRefusals checks what a person does who has not been approved, or whose
// consent was withdrawn.
func TestGBPRefusals(t *testing.T) {
	tests := []struct {
		name string
		site answers
		want string
		is   Status
	}{
		{"withdrawn", answers{googleTokens: {status: 400, body: `{"error":"invalid_grant","error_description":"Token has been expired or revoked."}`}}, "expired or revoked", Failed},
		{"not approved", answers{googleTokens: {body: `{"access_token":"x"}`},
			"https://mybusiness.googleapis.com/v4/accounts/1/locations/2/reviews?orderBy=updateTime+desc&pageSize=50": {status: 403, body: `{"error":{"status":"PERMISSION_DENIED"}}`}},
			"ask Google to approve the project", Blocked},
	}
	for _, tt := range tests {
		_, report := run(t, "gbp", interfaces["gbp"], tt.site, Request{Now: testNow})
		if report.Status != tt.is || !strings.Contains(report.Reason, tt.want) {
			t.Errorf("%s: %s %q, want %s with %q", tt.name, report.Status, report.Reason, tt.is, tt.want)
		}
	}
}
