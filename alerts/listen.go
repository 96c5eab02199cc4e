package alerts

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"slices"
	"strconv"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/socketmode"
	"golang.org/x/sync/errgroup"

	"pantau/brand"
)

// Click is what a person did with a button.
type Click struct {
	Change   brand.Change // Taken, Noted, Silenced, Denied or Closed
	Incident int64
	Actor    string        // the real name when the app may read it, else "@" and the member id
	Note     string        // for Noted
	Silence  time.Duration // for Silenced
	Key      string        // the same for a click that Slack delivers again
}

// Limits of listening.
const (
	maxClicks    = 64      // acknowledged and waiting; further ones wait at Slack
	maxFrame     = 1 << 20 // bytes of one message from Slack
	maxCallTime  = 10 * time.Second
	maxNameTime  = 2 * time.Second // a form must be opened three seconds after a click
	firstBackoff = time.Second
)

// Listen receives clicks through Socket Mode, which needs no public address, and
// hands each one to act, one at a time. It blocks until ctx ends, which is no
// error; reconnecting is its own affair. appToken (xapp-…) needs the scope
// connections:write. When users is not empty nobody else may press; they are told
// so. An error of act is told to the person who pressed, not returned: act logs it.
//
// A click is acknowledged before act runs, because Slack waits three seconds
// only, and may be delivered again all the same: take [Click.Key] once. Any error
// is an [ErrRejected]: a token that is wrong or lacks its scope.
//
// Listen is the one function of this package that starts goroutines; it waits
// for them.
func (s *Slack) Listen(ctx context.Context, appToken string, users []string, act func(context.Context, Click) error) error {
	if s.api == nil {
		return fmt.Errorf("%s: buttons need a bot token, a webhook receives nothing: %w", listening.doing, ErrRejected)
	}
	options := append(slices.Clone(s.options), slack.OptionAppLevelToken(appToken))
	socket := socketmode.New(slack.New(s.token, options...),
		socketmode.OptionReadLimit(maxFrame), socketmode.OptionLog(log.New(io.Discard, "", 0)))
	l := listener{Slack: s, w: newWriter(s.style), users: users, act: act}
	clicks := make(chan slack.InteractionCallback, maxClicks)
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return connect(ctx, socket) })
	g.Go(func() error { return acknowledge(ctx, socket, clicks) })
	g.Go(func() error {
		for {
			select {
			case <-ctx.Done():
				return nil
			case c := <-clicks:
				l.handle(ctx, c)
			}
		}
	})
	return g.Wait()
}

var listening = attempt{doing: "listen to Slack", repeatable: true}

// connect keeps a connection until ctx ends. The library reconnects by itself; it
// returns when a token is wrong, and when its own goroutines end in another order
// than it expects.
func connect(ctx context.Context, socket *socketmode.Client) error {
	for wait := firstBackoff; ; wait = min(2*wait, time.Minute) {
		err := listening.sort(socket.RunContext(ctx))
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.Is(err, ErrRejected):
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(wait):
		}
	}
}

// acknowledge answers Slack and passes clicks on. The library's channel is never
// closed; only ctx ends this. The library takes every refusal but four as
// something to retry for ever, such as an app token without its scope.
func acknowledge(ctx context.Context, socket *socketmode.Client, clicks chan<- slack.InteractionCallback) error {
	for {
		var event socketmode.Event
		select {
		case <-ctx.Done():
			return nil
		case event = <-socket.Events:
		}
		if broken, ok := event.Data.(*slack.ConnectionErrorEvent); ok {
			if err := listening.sort(broken.ErrorObj); slackCode(broken.ErrorObj) != "" && errors.Is(err, ErrRejected) {
				return err
			}
			continue
		}
		if event.Request == nil || event.Request.EnvelopeID == "" {
			continue
		}
		if err := socket.AckCtx(ctx, event.Request.EnvelopeID, nil); err != nil {
			return nil // only when ctx has ended
		}
		if click, ok := event.Data.(slack.InteractionCallback); ok {
			select {
			case <-ctx.Done():
				return nil
			case clicks <- click:
			}
		}
	}
}

// listener turns what Slack tells into clicks.
type listener struct {
	*Slack
	w     writer
	users []string
	act   func(context.Context, Click) error
}

func (l listener) handle(ctx context.Context, c slack.InteractionCallback) {
	click, known := read(c)
	if !known {
		return // another app's, or a button of an older version
	}
	channel := c.Channel.ID
	if len(l.users) > 0 && !slices.Contains(l.users, c.User.ID) {
		l.whisper(ctx, channel, c.User.ID, l.w.buttons.refused)
		return
	}
	if click.Change == brand.Noted && click.Note == "" {
		l.openForm(ctx, c, click.Incident)
		return
	}
	click.Actor = l.name(ctx, c.User.ID)
	if err := l.act(ctx, click); err != nil {
		l.whisper(ctx, channel, c.User.ID, fill(l.w.buttons.failed, "id", strconv.FormatInt(click.Incident, 10)))
	}
}

// read takes a click apart. A note that has no words yet asks for the form.
func read(c slack.InteractionCallback) (click Click, known bool) {
	switch {
	case c.User.ID == "":
		return click, false
	case c.Type == slack.InteractionTypeViewSubmission && c.View.CallbackID == noteForm:
		click.Change, click.Key = brand.Noted, "view:"+c.View.ID+":"+c.User.ID
		click.Incident = incidentNumber(c.View.PrivateMetadata)
		if c.View.State != nil {
			click.Note = plain(c.View.State.Values[noteField][noteField].Value, maxNote)
		}
		return click, click.Incident > 0 && click.Note != ""
	case c.Type == slack.InteractionTypeBlockActions && len(c.ActionCallback.BlockActions) == 1:
		a := c.ActionCallback.BlockActions[0]
		click.Change, click.Incident = brand.Change(a.ActionID), incidentNumber(a.Value)
		click.Key = "click:" + a.ActionTs + ":" + a.ActionID + ":" + c.User.ID
		if click.Change == brand.Silenced {
			click.Silence = silence
		}
		ours := slices.ContainsFunc(buttons, func(b button) bool { return b.change == click.Change })
		return click, ours && a.BlockID == actionsBlock && click.Incident > 0 && a.ActionTs != ""
	}
	return click, false
}

// incidentNumber reads the number of an incident; 0 is none.
func incidentNumber(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

func (l listener) openForm(ctx context.Context, c slack.InteractionCallback, incident int64) {
	ctx, cancel := context.WithTimeout(ctx, maxCallTime)
	defer cancel()
	// A click that is delivered again comes with the same trigger, which opens once.
	// Without a form there is nothing to record; the person sees that and presses again.
	_, _ = l.api.OpenViewContext(ctx, c.TriggerID, l.w.noteView(incident))
}

// whisper tells one person something that others need not read. It is a courtesy
// and may fail.
func (l listener) whisper(ctx context.Context, channel, user, words string) {
	if channel == "" { // a form has no channel; the app's own conversation is the next best
		channel = user
	}
	ctx, cancel := context.WithTimeout(ctx, maxCallTime)
	defer cancel()
	_, _ = l.api.PostEphemeralContext(ctx, channel, user, slack.MsgOptionText(words, true),
		slack.MsgOptionDisableMarkdown(), slack.MsgOptionParse(false))
}

// name is how people call a member. It needs users:read, which is optional.
func (l listener) name(ctx context.Context, id string) string {
	ctx, cancel := context.WithTimeout(ctx, maxNameTime)
	defer cancel()
	if user, err := l.api.GetUserInfoContext(ctx, id); err == nil {
		for _, name := range []string{user.RealName, user.Profile.DisplayName} {
			if name = plain(name, maxName); name != "" {
				return name
			}
		}
	}
	return "@" + plain(id, maxName)
}
