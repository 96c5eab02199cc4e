package alerts

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"
	"github.com/slack-go/slack/slackutilsx"
)

// postWebhook posts through an incoming webhook. slack-go's own function drops
// the body of a refusal, and "no_service" is what an operator needs to read.
func (s *Slack) postWebhook(ctx context.Context, m Message, b []slack.Block) (string, error) {
	refused, err := true, error(nil)
	if len(b) > 0 {
		refused, err = s.tryWebhook(ctx, lockScreen(m), b)
	}
	if refused {
		_, err = s.tryWebhook(ctx, short(m), nil)
	}
	if err != nil {
		return "", err
	}
	return "webhook", nil
}

// tryWebhook makes one request; refused says that only the form was at fault.
func (s *Slack) tryWebhook(ctx context.Context, text string, b []slack.Block) (refused bool, err error) {
	body, err := webhookBody(text, b)
	if err != nil {
		return false, fmt.Errorf("%s: %w: %w", hooking.doing, err, ErrRejected)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.webhook, bytes.NewReader(body))
	if err != nil { // quotes the address
		return false, fmt.Errorf("%s: its address is not a URL: %w", hooking.doing, ErrRejected)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := s.client.Do(req)
	if err != nil {
		return false, hooking.transport(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, 1024))
	reply := strings.TrimSpace(string(answer))
	switch {
	case resp.StatusCode == http.StatusOK && err == nil && reply == "ok":
		return false, nil
	case resp.StatusCode == http.StatusOK:
		return false, hooking.unsure(fmt.Errorf("%s: the answer was cut", hooking.doing))
	case resp.StatusCode == http.StatusTooManyRequests:
		return false, hooking.limited(retryAfter(resp))
	}
	return contentRefused(reply), hooking.status(resp.StatusCode, reply)
}

func webhookBody(text string, b []slack.Block) ([]byte, error) {
	off := false
	message := slack.WebhookMessage{Text: slackutilsx.EscapeMessage(text), Parse: "none", UnfurlLinks: &off, UnfurlMedia: &off}
	if len(b) > 0 {
		message.Blocks = &slack.Blocks{BlockSet: b}
	}
	return json.Marshal(message)
}

func retryAfter(resp *http.Response) time.Duration {
	seconds, err := strconv.Atoi(resp.Header.Get("Retry-After"))
	if err != nil || seconds < 0 {
		return limitWait
	}
	return time.Duration(seconds) * time.Second
}
