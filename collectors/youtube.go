package collectors

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"time"

	"pantau/brand"
	"pantau/collectors/clean"
	"pantau/collectors/fetch"
	"pantau/config"
)

// youtube reads the comments on videos, or on everything of a channel, with the
// operator's key. https://developers.google.com/youtube/v3/docs/commentThreads/list
type youtube struct {
	targets []url.Values // one query for each video or channel
	key     config.Key
	pages   int
	client  *fetch.Client
}

func newYouTube(src config.Source, client *fetch.Client) (Collector, error) {
	opts := struct {
		KeyFile string   `toml:"key_file"`
		Channel string   `toml:"channel"`
		Videos  []string `toml:"videos"`
		Pages   int      `toml:"pages"`
	}{Pages: 5}
	if err := src.Decode(&opts); err != nil {
		return nil, err
	}
	err := checkPages(src, opts.Pages)
	key, e := src.Key("key_file", opts.KeyFile)
	err = config.Join(err, e)
	if (opts.Channel == "") == (len(opts.Videos) == 0) {
		err = config.Join(err, src.Errorf("options", "must name either a channel or videos"))
	}
	y := &youtube{key: key, pages: opts.Pages, client: client}
	if opts.Channel != "" {
		y.targets = append(y.targets, url.Values{"allThreadsRelatedToChannelId": {opts.Channel}})
	}
	for _, v := range opts.Videos {
		y.targets = append(y.targets, url.Values{"videoId": {v}})
	}
	return y, err
}

type youtubeThread struct {
	Snippet struct {
		ChannelID string         `json:"channelId"`
		VideoID   string         `json:"videoId"`
		Top       youtubeComment `json:"topLevelComment"`
	} `json:"snippet"`
	Replies struct {
		Comments []youtubeComment `json:"comments"`
	} `json:"replies"`
}

type youtubeComment struct {
	ID      string `json:"id"`
	Snippet struct {
		Author   string `json:"authorDisplayName"`
		AuthorID struct {
			Value string `json:"value"`
		} `json:"authorChannelId"`
		Original  string    `json:"textOriginal"`
		Display   string    `json:"textDisplay"`
		Published time.Time `json:"publishedAt"`
	} `json:"snippet"`
}

// Collect implements [Collector].
func (y *youtube) Collect(ctx context.Context, req Request, emit func(brand.Mention) error) (Report, error) {
	var cursor struct{ checkpoint }
	r := newRound(req, emit)
	if err := r.start(&cursor, &cursor.checkpoint); err != nil {
		return r.fail(ctx, err)
	}
	key, err := y.key.Read()
	if err != nil {
		return r.fail(ctx, err)
	}
	header := http.Header{"X-Goog-Api-Key": {key.Reveal()}}
	for _, target := range y.targets {
		if err := y.threads(ctx, r, target, header); err != nil {
			return r.fail(ctx, err)
		}
	}
	return r.finish(&cursor, &cursor.checkpoint, false)
}

// threads reads the newest comments of one video or channel. A video whose
// comments are switched off has none, and that is no failure.
func (y *youtube) threads(ctx context.Context, r *round, target url.Values, header http.Header) error {
	q := url.Values{"part": {"snippet,replies"}, "order": {"time"}, "maxResults": {"100"}, "textFormat": {"plainText"}}
	maps.Copy(q, target)
	for range y.pages {
		var answer struct {
			Items []youtubeThread `json:"items"`
			Next  string          `json:"nextPageToken"`
		}
		_, err := getJSON(ctx, y.client, "https://www.googleapis.com/youtube/v3/commentThreads?"+q.Encode(), header, &answer)
		if err != nil {
			return youtubeError(err)
		}
		reached := false
		for _, thread := range answer.Items {
			for _, m := range thread.mentions() {
				if err := r.keep(m, m.PublishedAt); err != nil {
					return err
				}
			}
			reached = reached || thread.Snippet.Top.Snippet.Published.Unix() <= r.last.Newest
		}
		if answer.Next == "" || reached {
			return nil
		}
		q.Set("pageToken", answer.Next)
	}
	return nil
}

// youtubeError reads the reason that the interface gives with status 403.
func youtubeError(err error) error {
	var fe *fetch.Error
	if !errors.As(err, &fe) {
		return err
	}
	switch body := string(fe.Body); {
	case strings.Contains(body, "commentsDisabled"):
		return nil
	case strings.Contains(body, "quotaExceeded"), strings.Contains(body, "rateLimitExceeded"):
		return &fetch.Error{Kind: fetch.ErrRateLimited, Host: fe.Host, Status: fe.Status, Text: "the key's quota of the day is used up: a slower schedule needs less"}
	case strings.Contains(body, "keyInvalid"), strings.Contains(body, "API key not valid"):
		return &fetch.Error{Kind: fetch.ErrBlocked, Host: fe.Host, Status: fe.Status, Text: "the key in key_file is not valid"}
	}
	return err
}

// mentions returns the comment and its replies. What the channel itself replies is
// the brand's answer and no mention.
func (t youtubeThread) mentions() []brand.Mention {
	top := t.mention(t.Snippet.Top)
	out := []brand.Mention{top}
	for _, c := range t.Replies.Comments {
		m := t.mention(c)
		if c.Snippet.AuthorID.Value == t.Snippet.ChannelID && t.Snippet.ChannelID != "" {
			out[0].Reply, out[0].RepliedAt = m.Text, m.PublishedAt
			continue
		}
		out = append(out, m)
	}
	return out
}

func (t youtubeThread) mention(c youtubeComment) brand.Mention {
	m := brand.Mention{ExternalID: c.ID, URL: "https://www.youtube.com/watch?v=" + url.QueryEscape(t.Snippet.VideoID) + "&lc=" + url.QueryEscape(c.ID),
		Text: c.Snippet.Original, Author: c.Snippet.AuthorID.Value, PublishedAt: c.Snippet.Published.UTC()}
	if m.Text == "" {
		m.Text = clean.HTML(c.Snippet.Display)
	}
	if m.Author == "" {
		m.Author = c.Snippet.Author
	}
	return m
}
