package config

import (
	"fmt"
	"net"
	"net/mail"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

var (
	channelForm = regexp.MustCompile(`^(#[^\s#@,]+|[CGD][A-Z0-9]{6,})$`)
	userForm    = regexp.MustCompile(`^[UW][A-Z0-9]{6,}$`)
)

func (c *checker) slack(s *slackFile, language string) *Slack {
	if s == nil {
		return nil
	}
	out := &Slack{Channel: s.Channel, Users: s.Users, Language: language, QuietHours: c.quietHours(s.QuietHours)}
	if s.Language != "" {
		out.Language = c.oneOf("slack.language", s.Language, "id", "en")
	}
	for i, u := range s.Users {
		if !userForm.MatchString(u) {
			c.report(fmt.Sprintf("slack.users[%d]", i), "%q is not a member id such as U0123456789", u)
		}
	}
	if s.AppToken != "" {
		out.AppToken = c.slackToken("slack.app_token", s.AppToken, "xapp-", "the app-level token")
		if s.Token == "" {
			c.report("slack.app_token", "buttons need the bot token as well: set token")
		}
	}
	switch {
	case s.Token != "" && s.Webhook != "":
		c.report("slack.webhook", "stands beside token: use the one or the other")
	case s.Token != "":
		out.Token = c.slackToken("slack.token", s.Token, "xoxb-", "the bot token")
		if !channelForm.MatchString(s.Channel) {
			c.report("slack.channel", "%q is not a channel: use its id, such as C0123456789, or #name", s.Channel)
		}
	case s.Webhook != "":
		out.Webhook = c.secret("slack.webhook", s.Webhook)
		if out.Webhook.Set() && !strings.HasPrefix(out.Webhook.Reveal(), "https://") {
			c.report("slack.webhook", "the secret is not an https:// address")
		}
	default:
		c.report("slack", "needs token (a bot token) or webhook: %s", secretForms)
	}
	if out.Channel == "" {
		out.Channel = "slack" // the name of its outbox: an incoming webhook has its channel inside
	}
	return out
}

func (c *checker) secret(key, reference string) (s Secret) {
	_, _, err := splitReference(reference)
	if err == nil && !c.withoutSecrets {
		s, err = readSecret(reference, c.env)
	}
	if err != nil {
		c.report(key, "%v", err)
	}
	return s
}

// slackToken reads a token of Slack and refuses what can only be a mistake: the other
// of the two, two of them in one file, words. Of an unknown form Slack is the judge.
func (c *checker) slackToken(key, reference, prefix, name string) Secret {
	s := c.secret(key, reference)
	switch value := s.Reveal(); {
	case value == "":
	case len(strings.Fields(value)) > 1:
		c.report(key, "%s: holds more than one word: leave %s alone there", reference, name)
	case prefix != "xapp-" && strings.HasPrefix(value, "xapp-"), prefix == "xapp-" && !strings.HasPrefix(value, prefix):
		c.report(key, "%s: is not %s, which begins with %s", reference, name, prefix)
	}
	return s
}

func (c *checker) quietHours(q *quietHoursFile) *QuietHours {
	if q == nil {
		return nil
	}
	if q.LetThrough == "" {
		q.LetThrough = "critical"
	}
	return &QuietHours{
		From:       c.clock("slack.quiet_hours.from", q.From),
		To:         c.clock("slack.quiet_hours.to", q.To),
		LetThrough: c.oneOf("slack.quiet_hours.let_through", q.LetThrough, "critical", "nothing"),
	}
}

func (c *checker) clock(key, text string) time.Duration {
	at, err := timeOfDay(text)
	if err != nil {
		c.report(key, "%q is not a time of day such as 22:00", text)
	}
	return at
}

// timeOfDay returns what has passed since midnight.
func timeOfDay(text string) (time.Duration, error) {
	t, err := time.Parse("15:04", text)
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute, err
}

func (c *checker) webhook(w *webhookFile) *Webhook {
	if w == nil {
		return nil
	}
	u, err := url.Parse(w.URL)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Hostname() != "localhost" && u.Hostname() != "127.0.0.1" {
		c.report("webhook.url", "%q is not an https:// address (http:// is for this machine only)", w.URL)
	}
	if w.Secret == "" {
		c.report("webhook.secret", "is missing: the receiver checks the signature with it; %s", secretForms)
		return &Webhook{URL: w.URL}
	}
	return &Webhook{URL: w.URL, Secret: c.secret("webhook.secret", w.Secret)}
}

func (c *checker) email(e *emailFile) *Email {
	if e == nil {
		return nil
	}
	if _, _, err := net.SplitHostPort(e.Server); err != nil {
		c.report("email.server", "%q is not host:port, such as smtp.example.org:587", e.Server)
	}
	c.address("email.from", e.From)
	for i, to := range e.To {
		c.address(fmt.Sprintf("email.to[%d]", i), to)
	}
	if len(e.To) == 0 {
		c.report("email.to", "is empty: name at least one address")
	}
	out := &Email{Server: e.Server, From: e.From, To: e.To, User: e.User}
	if e.Password != "" {
		out.Password = c.secret("email.password", e.Password)
	}
	return out
}

func (c *checker) address(key, text string) {
	if _, err := mail.ParseAddress(text); err != nil {
		c.report(key, "%q is not an e-mail address", text)
	}
}

func (c *checker) escalation(e escalationFile, s *slackFile) Escalation {
	after, err := time.ParseDuration(e.After)
	if err != nil || after < time.Minute || after > 24*time.Hour {
		c.report("escalation.after", "%q is not a duration such as 30m, from 1m to 24h", e.After)
	}
	c.between("escalation.reminders", e.Reminders, 0, 10)
	if e.Channel != "" && (s == nil || s.Token == "") {
		c.report("escalation.channel", "needs [slack] with a bot token")
	} else if e.Channel != "" && !channelForm.MatchString(e.Channel) {
		c.report("escalation.channel", "%q is not a channel: use its id, such as C0123456789, or #name", e.Channel)
	}
	return Escalation{After: after, Reminders: e.Reminders, Channel: e.Channel}
}

func (c *checker) daily(text string) cron.Schedule {
	if text == "" {
		return nil
	}
	at := c.clock("digest.daily", text)
	return c.at(at, "*")
}

var weekdays = []string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}

func (c *checker) weekly(key, text string) cron.Schedule {
	if text == "" {
		return nil
	}
	day, clock, _ := strings.Cut(text, " ")
	for i, name := range weekdays {
		if at, err := timeOfDay(clock); err == nil && strings.EqualFold(day, name) {
			return c.at(at, fmt.Sprint(i))
		}
	}
	c.report(key, "%q is not a weekday and a time such as monday 08:00", text)
	return nil
}

func (c *checker) at(clock time.Duration, weekday string) cron.Schedule {
	s, err := cron.ParseStandard(fmt.Sprintf("%d %d * * %s", int(clock.Minutes())%60, int(clock.Hours()), weekday))
	if err != nil {
		panic(err) // hours and minutes of a clock are always a schedule
	}
	return s
}
