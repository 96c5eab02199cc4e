package alerts

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/slack-go/slack"
)

var probing = attempt{doing: "ask Slack about the token", repeatable: true}

// Probe asks Slack what the token may do and says in English, for the log, which
// guarantee holds. It posts nothing. An error is of the kinds that [Notifier]
// knows: an [ErrRejected] is a token that cannot deliver at all.
func (s *Slack) Probe(ctx context.Context) (guarantee string, err error) {
	if s.api == nil {
		return "at least once: an incoming webhook cannot be asked what arrived, so an alert can come twice", nil
	}
	answer, err := s.api.AuthTestContext(ctx)
	if err != nil {
		return "", probing.sort(err)
	}
	scopes := strings.FieldsFunc(answer.Header.Get("X-OAuth-Scopes"), func(r rune) bool { return r == ',' || r == ' ' })
	if len(scopes) == 0 {
		return "unknown: Slack did not say which scopes the token has", nil
	}
	if !slices.Contains(scopes, "chat:write") {
		return "", fmt.Errorf("%s: the app needs the scope chat:write: %w", probing.doing, ErrRejected)
	}
	return guaranteeOf(scopes), nil
}

func guaranteeOf(scopes []string) string {
	public, private := slices.Contains(scopes, "channels:history"), slices.Contains(scopes, "groups:history")
	text := "exactly once: an alert whose answer was lost is looked up before it is sent again"
	switch {
	case !public && !private:
		text = "at least once: without the scope channels:history or groups:history an alert whose answer was lost can come twice"
	case !private:
		text += "; in private channels at least once, for want of groups:history"
	case !public:
		text += "; in public channels at least once, for want of channels:history"
	}
	if !slices.Contains(scopes, "files:write") {
		text += "; no pictures, for want of files:write"
	}
	return text
}

// Payload is the message that [Slack.Notify] would post for d, as JSON: with a
// root what goes to the thread, else the living message. It holds no secret.
func (s *Slack) Payload(d Delivery) ([]byte, error) {
	m, w := s.compose(d), newWriter(s.style)
	if s.api == nil {
		return webhookBody(lockScreen(m), s.webhookBlocks(m, w, d))
	}
	b, channel := blocks(m, w), d.Channel
	root, ts, known := place(d.Root)
	if known {
		b, channel = reply(m, w), root
	}
	_, form, err := slack.UnsafeApplyMsgOptions("", channel, "", append(postOptions(d.Key, ts), content(lockScreen(m), b))...)
	if err != nil {
		return nil, fmt.Errorf("lay out the message: %w", err)
	}
	message := map[string]any{"blocks": append([]slack.Block{}, b...)} // [] for none; the library adds them on the way
	for name, values := range form {
		switch {
		case name == "token":
		case name == "metadata":
			message[name] = json.RawMessage(values[0])
		case values[0] == "true" || values[0] == "false":
			message[name] = values[0] == "true"
		default:
			message[name] = values[0]
		}
	}
	return json.Marshal(message)
}
