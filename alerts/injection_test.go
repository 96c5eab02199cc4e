package alerts

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pantau/brand"
)

// injections are a thousand strings that want to be more than text: what is live
// in Slack, in the shapes in which escaping has failed elsewhere.
func injections() []string {
	entities := []string{
		"<!channel>", "<!here>", "<!everyone>", "<!channel|channel>", "<!subteam^S012345|@tim>", "<@U012345>", "<@W012345|rina>", "<#C012345|umum>",
		"<http://evil.example|bank>", "<https://evil.example>", "<mailto:x@evil.example|surat>", "<tel:+62811|telepon>", "<!date^1392734382^{date}|besok>",
		"@channel", "@here", "@everyone", "http://evil.example/a", "evil.example/login", "*tebal*", "_miring_", "~coret~", "`kode`", "```blok```",
		"[bank](http://evil.example)", ":fire:", "javascript:alert(1)", "{\"type\":\"mrkdwn\"}", "\"}]},{\"type\":\"image\"", "\u202e<!channel>\u202c", "\u2066<@U1>\u2069",
	}
	shapes := []string{
		"%s", "a %s b", "\n%s\n", "&lt;%s&gt;", "&amp;%s", "<%s", "%s>", "<<%s>>", "\\%s", "\\u003c%s\\u003e", "%s|%[1]s", "``%s``",
		"> %s", "• %s", "\u200b%s\u200b", "\u2028%s\u2029", "\x00%s\x07", "\xff%s\xfe", "“%s”", "(%s)", "%s%[1]s%[1]s", "*%s*", "_%s_", "~%s~",
		"%%s %s %%d", "{brand} %s {n}", "=%s", "\x1b[31m%s", "\u2800%s", "é\u0301%s", "%s\u2067", "<!--%s-->", "]]>%s", "</a>%s",
	}
	var all []string
	for _, e := range entities {
		for _, s := range shapes {
			all = append(all, fmt.Sprintf(s, e))
		}
	}
	return all[:1000]
}

// saturated puts one string wherever a name or a text can stand.
func saturated(c brand.Change, s string) brand.Alert {
	a := changed(c)
	i := &a.Incident
	i.Brand, i.Owner, i.Note, i.Rule, i.Lexicon = s, s, s, s, s
	i.Causes = append(i.Causes, brand.Driver{Key: s, Observed: 99})
	i.Sources, i.Versions, i.Languages = i.Causes, i.Causes, i.Causes
	i.Rivals = []brand.Rival{{Brand: s, Observed: 40, Expected: 2}}
	i.Coverage = []brand.SourceState{{Source: s, Reason: s}}
	i.Quotes = []brand.Quote{{Text: s, Source: s, URL: s, Words: []string{s}}, {Text: "satu dua " + s, URL: "https://ok.example/" + s}}
	if !isReport(c) {
		return a
	}
	a = brand.Alert{Change: c, Digest: &brand.Digest{From: noon.AddDate(0, 0, -7), To: noon}}
	a.Digest.Alerts = []brand.Alert{{Change: brand.Opened, Incident: *i}}
	a.Digest.Sources = i.Coverage
	a.Digest.Moods = []brand.Mood{{Brand: s, Mentions: 9, Remark: "slow_burn", Causes: i.Causes}, {Brand: s, Competitor: true, Mentions: 3}}
	return a
}

// A thousand strings, each in every other kind of message, over the token and
// over a webhook: nothing comes alive outside the literal texts.
func TestInjections(t *testing.T) {
	kinds := slices.Concat([]brand.Change{brand.Opened, brand.Worsened, brand.CauseChanged, brand.BackAgain}, peopleChanges, reportKinds)
	bot := NewSlack(SlackOptions{Token: doubleToken, Style: inIndonesian, Buttons: true})
	hook := NewSlack(SlackOptions{Webhook: "https://hooks.example", Style: inEnglish})
	all, step := injections(), 1
	if testing.Short() { // the race detector makes each twenty times as slow, and nothing here runs side by side
		step = 11
	}
	for n := 0; n < len(all); n += step {
		s := all[n]
		for k := n % 2; k < len(kinds); k += 2 {
			c := kinds[k]
			d := Delivery{Key: "k", Channel: doubleChannel, Alert: saturated(c, s), At: noon}
			notifier := bot
			if k%4 == n%4 {
				notifier = hook
			}
			if (n+k)%3 == 0 { // in a thread
				d.Root = doubleChannel + "/1.1"
			}
			payload, err := notifier.Payload(d)
			if err != nil {
				t.Fatal(err)
			}
			var message map[string]any
			if err := json.Unmarshal(payload, &message); err != nil {
				t.Fatal(err)
			}
			if live := liveIn(message); live != "" {
				t.Fatalf("%q in %q: %s\n%s", s, c, live, payload)
			}
		}
	}
	t.Logf("proof: %d strings in %d kinds of messages, 0 alive", (len(all)+step-1)/step, len(kinds))
}

// liveIn names what would be more than text in a message, or nothing.
func liveIn(message map[string]any) string {
	if text := message["text"].(string); strings.ContainsAny(text, "<>") || message["parse"] != "none" {
		return "the text is not escaped: " + text
	}
	if message["mrkdwn"] == true {
		return "the text is markup"
	}
	return liveNode(message["blocks"])
}

// literalTypes are the objects of Slack in which text is nothing but text.
var literalTypes = []string{
	"header", "rich_text", "divider", "context", "actions", "button", "plain_text",
	"rich_text_section", "rich_text_quote", "rich_text_list", "text", "link",
}

func liveNode(node any) string {
	switch n := node.(type) {
	case []any:
		for _, e := range n {
			if live := liveNode(e); live != "" {
				return live
			}
		}
	case map[string]any:
		kind, _ := n["type"].(string)
		if kind != "" && !slices.Contains(literalTypes, kind) {
			return "a node of type " + kind
		}
		if url, ok := n["url"].(string); ok && (kind != "link" || !strings.HasPrefix(url, "https://ok.example/") && !strings.HasPrefix(url, "http")) {
			return "a link to " + url
		}
		if value, ok := n["value"].(string); ok && value != "42" {
			return "a button that holds " + value
		}
		for _, child := range n {
			if live := liveNode(child); live != "" {
				return live
			}
		}
	}
	return ""
}

// The check itself must see what it looks for.
func TestInjectionCheckSees(t *testing.T) {
	list := []string{
		`{"text":"<!channel>","parse":"none"}`,
		`{"text":"x","parse":"full"}`,
		`{"text":"x","parse":"none","blocks":[{"type":"section","text":{"type":"mrkdwn","text":"x"}}]}`,
		`{"text":"x","parse":"none","blocks":[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"broadcast","range":"channel"}]}]}]}`,
		`{"text":"x","parse":"none","blocks":[{"type":"actions","elements":[{"type":"button","url":"http://x"}]}]}`,
	}
	for _, bad := range list {
		var message map[string]any
		if err := json.Unmarshal([]byte(bad), &message); err != nil {
			t.Fatal(err)
		}
		if liveIn(message) == "" {
			t.Errorf("%s passes", bad)
		}
	}
	t.Logf("control: the check sees %d of %d live messages", len(list), len(list))
}
