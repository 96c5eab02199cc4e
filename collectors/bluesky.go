package collectors

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"pantau/brand"
	"pantau/collectors/fetch"
	"pantau/config"
)

// bluesky reads every public post of Bluesky from a Jetstream and leaves it to the
// brand's keywords to pick some. Searching would need a login and is meant for
// people. A run replays the stream from where the last one stopped until it has
// caught up, or its time is over. https://docs.bsky.app/blog/jetstream
type bluesky struct {
	server    string
	languages []string
	span      time.Duration
	client    *fetch.Client
}

const (
	blueskyPosts   = "app.bsky.feed.post"
	blueskyOverlap = 5 * time.Second  // replayed twice, because streams are joined loosely
	blueskyBegin   = 10 * time.Minute // how far back the first run goes
	blueskyQuiet   = 10 * time.Second // the whole network is never silent for so long
	blueskyLag     = time.Minute      // a stream that starts so much later has forgotten some
	blueskyProbe   = 50               // events that show that the stream works
)

func newBluesky(src config.Source, client *fetch.Client) (Collector, error) {
	opts := struct {
		Server    string   `toml:"server"`
		Languages []string `toml:"languages"`
		Seconds   int      `toml:"seconds"`
		fetch.Policy
	}{Server: "wss://jetstream2.us-east.bsky.network", Languages: []string{"id", "en"}, Seconds: 60}
	if err := src.Decode(&opts); err != nil {
		return nil, err
	}
	err := opts.Check(src.Errorf)
	if u, e := url.Parse(opts.Server); e != nil || u.Host == "" || u.Scheme != "wss" && (u.Scheme != "ws" || !opts.AllowPrivate) {
		err = config.Join(err, src.Errorf("options.server", "%q is not an address that starts with wss://", opts.Server))
	}
	if opts.Seconds < 5 || opts.Seconds > 600 {
		err = config.Join(err, src.Errorf("options.seconds", "%d is not from 5 to 600", opts.Seconds))
	}
	if src.Match != "keywords" {
		err = config.Join(err, src.Errorf("match", `must be "keywords" here: the stream carries every post of the network`))
	}
	return &bluesky{strings.TrimRight(opts.Server, "/"), opts.Languages, time.Duration(opts.Seconds) * time.Second, client.With(opts.Policy)}, err
}

type blueskyEvent struct {
	DID    string `json:"did"`
	TimeUS int64  `json:"time_us"` // when the stream saw it, in microseconds
	Kind   string `json:"kind"`
	Commit struct {
		Operation  string `json:"operation"`
		Collection string `json:"collection"`
		Key        string `json:"rkey"`
		Record     struct {
			Text      string   `json:"text"`
			CreatedAt string   `json:"createdAt"`
			Langs     []string `json:"langs"`
		} `json:"record"`
	} `json:"commit"`
}

// blueskyRun is one run.
type blueskyRun struct {
	*bluesky
	*round
	cursor struct {
		TimeUS int64 `json:"time_us"` // of the last event that was read
		checkpoint
	}
	start  time.Time // from where the stream is replayed
	events int
}

// Collect implements [Collector].
func (b *bluesky) Collect(ctx context.Context, req Request, emit func(brand.Mention) error) (Report, error) {
	r := &blueskyRun{bluesky: b, round: newRound(req, emit)}
	if err := r.round.start(&r.cursor, &r.cursor.checkpoint); err != nil {
		return r.fail(ctx, err)
	}
	if r.start = req.Now.Add(-blueskyBegin); r.cursor.TimeUS > 0 {
		r.start = time.UnixMicro(r.cursor.TimeUS).Add(-blueskyOverlap)
	}
	stream, err := b.client.Stream(ctx, fmt.Sprintf("%s/subscribe?wantedCollections=%s&cursor=%d", b.server, blueskyPosts, r.start.UnixMicro()))
	if err != nil {
		return r.fail(ctx, err)
	}
	defer stream.Close()
	limited, cancel := context.WithTimeout(ctx, b.span)
	defer cancel()
	return r.judge(ctx, r.read(limited, stream))
}

// read takes events until the run has caught up (nil), the stream is quiet, it
// breaks, or the time is over.
func (r *blueskyRun) read(ctx context.Context, stream *fetch.Stream) error {
	for ctx.Err() == nil {
		data, err := stream.Next(blueskyQuiet)
		if err != nil {
			return err
		}
		var e blueskyEvent
		if err := json.Unmarshal(data, &e); err != nil || e.TimeUS <= 0 {
			r.report.Fetched++
			r.report.reject("an event", "not an event of Jetstream: %s; nothing to do", quote(string(data), 80))
			if r.report.RejectedCount > blueskyProbe && r.events == 0 {
				return errors.New("this is not a Jetstream: check options.server")
			}
			continue
		}
		if err := r.take(e); err != nil {
			return err
		}
		if e.TimeUS >= r.req.Now.UnixMicro() || r.req.Probe && r.events >= blueskyProbe {
			return nil
		}
	}
	return ctx.Err()
}

func (r *blueskyRun) take(e blueskyEvent) error {
	at := time.UnixMicro(e.TimeUS)
	if r.events++; r.events == 1 && r.last.Until > 0 && at.Sub(r.start) > blueskyLag {
		r.report.Gap = true
		r.start = at
	}
	r.cursor.TimeUS = max(r.cursor.TimeUS, e.TimeUS)
	c := e.Commit
	if e.Kind != "commit" || c.Collection != blueskyPosts || c.Operation != "create" && c.Operation != "update" ||
		strings.TrimSpace(c.Record.Text) == "" || !r.speaks(c.Record.Langs) {
		return nil
	}
	r.report.Fetched++
	r.stopped = r.emit(e.mention())
	return r.stopped
}

// speaks reports whether a post may be in one of the wanted languages. Authors who
// do not say are kept.
func (b *bluesky) speaks(langs []string) bool {
	return len(langs) == 0 || len(b.languages) == 0 || slices.ContainsFunc(langs, func(l string) bool {
		base, _, _ := strings.Cut(strings.ToLower(l), "-")
		return slices.Contains(b.languages, base)
	})
}

// mention maps a post. What an author claims of its time is believed when it is
// not later than the stream's own, as Bluesky itself sorts posts.
func (e blueskyEvent) mention() brand.Mention {
	m := brand.Mention{ExternalID: "at://" + e.DID + "/" + blueskyPosts + "/" + e.Commit.Key, Text: e.Commit.Record.Text, Author: e.DID, PublishedAt: time.UnixMicro(e.TimeUS).UTC(),
		URL: "https://bsky.app/profile/" + url.PathEscape(e.DID) + "/post/" + url.PathEscape(e.Commit.Key)}
	if t, err := time.Parse(time.RFC3339, e.Commit.Record.CreatedAt); err == nil && t.Before(m.PublishedAt) && t.Year() >= 2005 {
		m.PublishedAt = t.UTC()
	}
	return m
}

// judge says how far a run came. What was not reached is read by the next one.
func (r *blueskyRun) judge(ctx context.Context, err error) (Report, error) {
	if r.stopped != nil || ctx.Err() != nil || err != nil && r.events == 0 {
		if errors.Is(err, fetch.ErrQuiet) {
			err = fmt.Errorf("%s: the stream is silent: try another options.server", host(r.server))
		}
		return r.fail(ctx, err)
	}
	report := r.report
	report.Status, report.From, report.To = Fresh, r.start.UTC(), r.req.Now
	if until := time.Unix(r.last.Until, 0).UTC(); r.last.Until > 0 && !report.Gap && until.After(report.From) {
		report.From = until // the overlap is covered already
	}
	reached := time.UnixMicro(r.cursor.TimeUS).UTC()
	if behind := r.req.Now.Sub(reached); err != nil && behind > blueskyLag {
		report.Status, report.To = Degraded, reached
		report.Reason = fmt.Sprintf("%s behind, the next run goes on there: raise options.seconds or run it more often", behind.Round(time.Second))
		if !errors.Is(err, context.DeadlineExceeded) {
			report.Reason += fmt.Sprintf(" (%v)", err)
		}
	}
	r.cursor.checkpoint = checkpoint{Newest: reached.Unix(), Items: r.events, Until: report.To.Unix()}
	report.Cursor, err = marshalCursor(r.cursor)
	return report, err
}
