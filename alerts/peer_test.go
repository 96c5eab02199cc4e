package alerts

import (
	"cmp"
	"context"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"pantau/brand"
)

// bearer sends the token as a header too. Slack takes it from the form, where
// slack-go puts it; the emulator reads the header only.
type bearer struct{ token string }

func (b bearer) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+b.token)
	return http.DefaultTransport.RoundTrip(r)
}

// TestPeerSlack runs the life of an incident against a Slack emulator that
// others wrote, and reads it back. PANTAU_SLACK_PEER is the base of its Web API,
// such as http://localhost:4013/api/; PANTAU_SLACK_PEER_TOKEN its token and
// PANTAU_SLACK_PEER_CHANNEL the name of a channel there.
func TestPeerSlack(t *testing.T) {
	api := os.Getenv("PANTAU_SLACK_PEER")
	if api == "" {
		t.Skip("PANTAU_SLACK_PEER is not set: no emulator to talk to")
	}
	token := cmp.Or(os.Getenv("PANTAU_SLACK_PEER_TOKEN"), "xoxb-rig-token")
	client := &http.Client{Transport: bearer{token}, Timeout: 10 * time.Second}
	reader := slack.New(token, slack.OptionAPIURL(api), slack.OptionHTTPClient(client))
	channels, _, err := reader.GetConversations(&slack.GetConversationsParameters{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	channel := ""
	for _, c := range channels {
		if c.Name == cmp.Or(os.Getenv("PANTAU_SLACK_PEER_CHANNEL"), "alerts") {
			channel = c.ID
		}
	}
	s := NewSlack(SlackOptions{Token: token, Style: inIndonesian, APIURL: api, Client: client, Buttons: true})
	began, ctx, root := time.Now(), context.Background(), ""
	run := began.Format("150405.000")
	for _, alert := range []brand.Alert{openedAlert(), changed(brand.Taken), worsenedAlert(), recoveredAlert()} {
		key := run + ":" + string(alert.Change)
		receipt, err := s.Notify(ctx, Delivery{Key: key, Channel: channel, Alert: alert, Root: root, Days: fourWeeks()})
		if err != nil {
			t.Fatalf("%s: %v", key, err)
		}
		found, ok := "", false
		if root == "" {
			found, ok, err = s.Find(ctx, channel, key, began)
			root = receipt
		} else {
			found, ok, err = s.FindReply(ctx, root, key, began)
		}
		if err != nil || !ok || found != receipt {
			t.Errorf("%s was posted as %q but found as %q, %t, %v", key, receipt, found, ok, err)
		}
	}
	_, ts, _ := place(root)
	thread, _, _, err := reader.GetConversationReplies(&slack.GetConversationRepliesParameters{ChannelID: channel, Timestamp: ts})
	words, pictures := 0, 0
	for _, m := range thread {
		if len(m.Files) > 0 {
			pictures++
		} else {
			words++
		}
	}
	if err != nil || words != 4 || pictures != 3 {
		t.Fatalf("thread holds %d messages and %d pictures, %v; want the alert, three replies and three pictures", words, pictures, err)
	}
	if want := lockScreen(compose(Delivery{Alert: recoveredAlert()}, inIndonesian)); thread[0].Text != want {
		t.Errorf("the living message says %q, want %q", thread[0].Text, want)
	}
}
