package alerts

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/slack-go/slack"
)

// SlackOptions says how to reach Slack. With a bot token the message of an
// incident lives: it is updated in place and its thread tells what changed. An
// incoming webhook can only post.
type SlackOptions struct {
	Token   string       // bot token, xoxb-…
	Webhook string       // address of an incoming webhook, used when there is no token
	Style   Style        // of the people in the channel
	Buttons bool         // below alerts that are not over; needs Token and [Slack.Listen]
	Client  *http.Client // nil is a client that gives up after 15 seconds
	APIURL  string       // base of the Web API, ending in "/"; empty is Slack's own
}

// Slack posts alerts to Slack. It is a [Notifier].
type Slack struct {
	api     *slack.Client // nil in webhook mode
	token   string
	options []slack.Option
	webhook string
	client  *http.Client
	style   Style
	buttons bool
}

// timeout is generous: a request that is cut short is an ambiguous one.
const timeout = 15 * time.Second

// NewSlack returns a notifier for one workspace. It contacts nobody.
func NewSlack(o SlackOptions) *Slack {
	client := http.Client{Timeout: timeout}
	if o.Client != nil {
		client = *o.Client
	}
	// The body holds the token and the address of a webhook is a password:
	// neither may follow a redirect to somebody else.
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	s := &Slack{token: o.Token, webhook: o.Webhook, client: &client, style: o.Style, buttons: o.Buttons}
	if o.Token != "" {
		// No OptionRetry: it would sleep within the call, and its retries after
		// connection errors send messages twice.
		s.options = []slack.Option{slack.OptionHTTPClient(s.client)}
		if o.APIURL != "" {
			s.options = append(s.options, slack.OptionAPIURL(o.APIURL))
		}
		s.api = slack.New(o.Token, s.options...)
	}
	return s
}

// Notify posts the first message of an incident, or updates it and posts the
// change to its thread. The receipt names what was posted as channel/ts, because
// Slack accepts the #name of a channel for a post but only its id for the rest;
// in webhook mode it is "webhook".
//
// The update comes first because it can be repeated; only the post cannot.
func (s *Slack) Notify(ctx context.Context, d Delivery) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", &RetryError{Err: err}
	}
	m, w := s.compose(d), newWriter(s.style)
	if s.api == nil {
		return s.postWebhook(ctx, m, s.webhookBlocks(m, w, d))
	}
	channel, root, known := place(d.Root)
	if !known {
		receipt, err := s.post(ctx, d.Key, d.Channel, "", m, blocks(m, w))
		if err == nil {
			channel, root, _ = place(receipt)
			s.picture(ctx, channel, root, d)
		}
		return receipt, err
	}
	living := m.living()
	if err := s.update(ctx, channel, root, living, blocks(living, w)); err != nil {
		return "", err
	}
	receipt, err := s.post(ctx, d.Key, channel, root, m, reply(m, w))
	if err == nil {
		s.picture(ctx, channel, root, d)
	}
	return receipt, err
}

// Edit brings the living message of an incident up to date and posts nothing.
// It can be repeated. A webhook cannot edit: [ErrRejected].
func (s *Slack) Edit(ctx context.Context, d Delivery) error {
	channel, root, known := place(d.Root)
	if s.api == nil || !known {
		return fmt.Errorf("a message without an address cannot be edited, delete it in the channel: %w", ErrRejected)
	}
	living := s.compose(d).living()
	return s.update(ctx, channel, root, living, blocks(living, newWriter(s.style)))
}

// Editable reports whether a receipt names a message that [Slack.Edit] can reach.
func Editable(receipt string) bool {
	channel, ts, known := place(receipt)
	return known && channel != "" && ts != "" && strings.Trim(ts, "0123456789.") == ""
}

// webhookBlocks lays out a message that stands alone: with a line of text for a
// picture, and the remark that it will not be updated. A report never is.
func (s *Slack) webhookBlocks(m Message, w writer, d Delivery) []slack.Block {
	if pictured(d) {
		m.Facts = append(m.Facts, w.trend(d.Days))
	}
	if d.Alert.Digest != nil {
		return blocks(m, w)
	}
	return blocks(m, w, w.webhook)
}

// pictureTime is what a picture may take of the time for a delivery.
const pictureTime = 10 * time.Second

// picture uploads the charts to the thread of a message. It has arrived already:
// a picture that fails, such as for want of files:write, changes nothing.
func (s *Slack) picture(ctx context.Context, channel, root string, d Delivery) {
	ctx, cancel := context.WithTimeout(ctx, pictureTime)
	defer cancel()
	w := newWriter(s.style)
	for _, p := range pictures(d) {
		var png bytes.Buffer
		if err := Chart(&png, p.Brand, p.Days, s.style); err != nil {
			continue
		}
		_, _ = s.api.UploadFileContext(ctx, slack.UploadFileParameters{
			Reader: &png, FileSize: png.Len(), Filename: chartName, Channel: channel, ThreadTimestamp: root,
			Title: w.chartCaption(p.Brand), AltTxt: w.trend(p.Days).Text,
		})
	}
}

// compose says what d says, in the way that this notifier can show it.
func (s *Slack) compose(d Delivery) Message {
	m, w := compose(d, s.style), newWriter(s.style)
	if s.api == nil {
		return m.brief(w)
	}
	if s.buttons {
		m.actions = actions(d.Alert.Incident, w)
	}
	return m
}

// place reads a receipt. One of another kind, from the time before a webhook
// was replaced by a token, names no place.
func place(receipt string) (channel, ts string, known bool) { return strings.Cut(receipt, "/") }

// metadataEvent names our metadata among those of other apps.
const metadataEvent = "pantau_alert"

// post sends a new message to a channel, or to the thread of root.
func (s *Slack) post(ctx context.Context, key, channel, root string, m Message, b []slack.Block) (string, error) {
	receipt, err := s.send(ctx, channel, m, b, postOptions(key, root))
	return receipt, posting.sort(err)
}

func postOptions(key, root string) []slack.MsgOption {
	options := []slack.MsgOption{
		slack.MsgOptionDisableLinkUnfurl(),
		slack.MsgOptionDisableMediaUnfurl(),
		slack.MsgOptionMetadata(slack.SlackMetadata{EventType: metadataEvent, EventPayload: map[string]any{"key": key}}),
	}
	if root != "" {
		options = append(options, slack.MsgOptionTS(root))
	}
	return options
}

// update brings the living message up to date. Metadata that is not sent stays,
// so the message keeps the key that it was posted with.
func (s *Slack) update(ctx context.Context, channel, root string, m Message, b []slack.Block) error {
	_, err := s.send(ctx, channel, m, b, []slack.MsgOption{slack.MsgOptionUpdate(root)})
	switch code := slackCode(err); {
	case err == nil:
		return nil
	case code == "message_not_found" || code == "edit_window_closed" || code == "cant_update_message":
		return nil // somebody deleted or closed it; the thread still tells the news
	}
	return updating.sort(err)
}

// send hands text and blocks over, and once more without blocks when Slack
// refuses their form: a plain alert is better than none.
func (s *Slack) send(ctx context.Context, channel string, m Message, b []slack.Block, options []slack.MsgOption) (string, error) {
	deliver := func(text string, b []slack.Block) (string, error) {
		id, ts, _, err := s.api.SendMessageContext(ctx, channel, append(options, content(text, b))...)
		switch {
		case err != nil:
			return "", err
		case id == "" || ts == "":
			return "", errors.New("the answer names no message")
		}
		return id + "/" + ts, nil
	}
	if len(b) > 0 {
		receipt, err := deliver(lockScreen(m), b)
		if !contentRefused(slackCode(err)) {
			return receipt, err
		}
	}
	return deliver(short(m), nil)
}

// content is a message that says literally what text says.
func content(text string, b []slack.Block) slack.MsgOption {
	return slack.MsgOptionCompose(slack.MsgOptionText(text, true), slack.MsgOptionDisableMarkdown(), slack.MsgOptionParse(false),
		slack.MsgOptionBlocks(b...)) // an empty list clears those of an update
}

// short is the alert without blocks: headline, sentence, the names of a list and
// the incident's number. It holds no text of a stranger.
func short(m Message) string {
	text := lockScreen(m) + "\n" + m.Sentence
	for _, e := range m.List {
		text += "\n" + e.Icon + " " + e.Name + " " + e.Size
	}
	if n := len(m.Closing); n > 0 {
		text += "\n" + m.Closing[n-1].Text
	}
	return text
}

// Find looks for the first message of an incident, posted to channel since the
// given time, by its delivery key. It answers an [ErrAmbiguous] delivery: found,
// it arrived under the receipt; not found, it may be sent again. A history that
// cannot be read at all, by a webhook or without the scope, counts as not found:
// an alert that comes twice is better than one that never comes. An error is a
// [*RetryError].
func (s *Slack) Find(ctx context.Context, channel, key string, since time.Time) (receipt string, found bool, err error) {
	return s.find(channel, key, func(cursor string) ([]slack.Message, string, error) {
		page, err := s.api.GetConversationHistoryContext(ctx, &slack.GetConversationHistoryParameters{
			ChannelID: channel, Oldest: oldest(since), Inclusive: true,
			Limit: pageSize, Cursor: cursor, IncludeAllMetadata: true,
		})
		if err != nil {
			return nil, "", err
		}
		return page.Messages, page.ResponseMetaData.NextCursor, nil
	})
}

// FindReply is [Slack.Find] for a delivery with a root: history does not list
// what was posted to a thread.
func (s *Slack) FindReply(ctx context.Context, root, key string, since time.Time) (receipt string, found bool, err error) {
	channel, thread, _ := place(root)
	return s.find(channel, key, func(cursor string) ([]slack.Message, string, error) {
		messages, _, next, err := s.api.GetConversationRepliesContext(ctx, &slack.GetConversationRepliesParameters{
			ChannelID: channel, Timestamp: thread, Oldest: oldest(since), Inclusive: true,
			Limit: pageSize, Cursor: cursor, IncludeAllMetadata: true,
		})
		return messages, next, err
	})
}

// Slack's own clients read pages of 100; ten of them are hours of a busy channel.
const (
	pageSize = 100
	maxPages = 10
)

func (s *Slack) find(channel, key string, read func(cursor string) ([]slack.Message, string, error)) (string, bool, error) {
	if s.api == nil {
		return "", false, nil
	}
	cursor := ""
	for range maxPages {
		messages, next, err := read(cursor)
		if err = reading.sort(err); errors.Is(err, ErrRejected) {
			return "", false, nil
		} else if err != nil {
			return "", false, err
		}
		for _, m := range messages {
			if m.Metadata.EventType == metadataEvent && m.Metadata.EventPayload["key"] == key {
				return channel + "/" + m.Timestamp, true, nil
			}
		}
		if cursor = strings.TrimSpace(next); cursor == "" {
			return "", false, nil
		}
	}
	return "", false, &RetryError{Err: fmt.Errorf("%s: more than %d messages", reading.doing, maxPages*pageSize)}
}

// skew is how far our clock and Slack's may be apart.
const skew = 5 * time.Minute

// oldest is where a search from t begins, in Slack's seconds with six digits
// after the point.
func oldest(t time.Time) string {
	t = t.Add(-skew)
	return fmt.Sprintf("%d.%06d", t.Unix(), t.Nanosecond()/1000)
}
