package config

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// noEnv is a machine without systemd and without variables.
func noEnv(string) string { return "" }

// TestMistakes holds what an operator reads for every kind of mistake.
func TestMistakes(t *testing.T) {
	files, err := filepath.Glob("testdata/*.toml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no testdata: %v", err)
	}
	for _, path := range files {
		t.Run(filepath.Base(path), func(t *testing.T) {
			_, err := Load(path, noEnv, nil)
			if err == nil {
				t.Fatalf("Load(%s) found no mistake", path)
			}
			golden := strings.TrimSuffix(path, ".toml") + ".want"
			got := err.Error() + "\n"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("Load(%s): (-want +got)\n%s", path, diff)
			}
		})
	}
}

func TestShippedConfiguration(t *testing.T) {
	c, err := Load("../config.toml", noEnv, nil)
	if err != nil {
		t.Fatal(err)
	}
	if c.Database != "pantau.db" || c.Slack != nil || !c.Console || len(c.Brands) != 2 || len(c.Sources) != 4 {
		t.Errorf("Load(../config.toml) = %+v, want an offline sample with 2 brands and 4 sources", c)
	}
	if got := c.Sources[0].Every; got != 15*time.Minute {
		t.Errorf("sources[0].Every = %s, want 15m", got)
	}
}

// TestEveryCommentedLineIsValid switches on everything that config.toml shows
// commented out: an example that does not load is worse than none.
func TestEveryCommentedLineIsValid(t *testing.T) {
	data, err := os.ReadFile("../config.toml")
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, line := range strings.Split(string(data), "\n") {
		if code, ok := strings.CutPrefix(line, "# "); ok && (strings.HasPrefix(code, "[") || strings.Contains(code, " = ")) {
			line = code
		}
		lines = append(lines, line)
	}
	lines = slices.DeleteFunc(lines, func(l string) bool { return strings.HasPrefix(l, "lexicon") }) // its file is the user's own
	text := strings.Replace(strings.Join(lines, "\n"), `webhook   = "env:`, `# "`, 1)                // stands beside token on purpose
	dir := t.TempDir()
	for name, secret := range map[string]string{"slack-token": "xoxb-1", "slack-app-token": "xapp-1", "webhook-secret": "1", "email-password": "1"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(secret+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c, err := Parse("config.toml", []byte(text), func(name string) string { return map[string]string{"CREDENTIALS_DIRECTORY": dir}[name] }, nil)
	if err != nil {
		t.Fatal(err)
	}
	if c.Slack == nil || c.Slack.Token.Reveal() != "xoxb-1" || c.Slack.QuietHours == nil || c.Webhook == nil || c.Email == nil || c.Escalation.Channel == "" || len(c.Sources) != 6 {
		t.Errorf("Parse = %d sources, Slack %+v, want everything on", len(c.Sources), c.Slack)
	}
}

func TestSecretNeverPrints(t *testing.T) {
	s := NewSecret("xoxb-hidden")
	shown := fmt.Sprintf("%s %v %+v %#v %q", s, s, struct{ S Secret }{s}, s, s)
	if text, err := s.MarshalText(); err != nil || strings.Contains(shown+string(text), "hidden") {
		t.Errorf("a secret printed as %s", shown)
	}
	if s.Reveal() != "xoxb-hidden" {
		t.Errorf("Reveal() = %q", s.Reveal())
	}
}

// TestSlackTokens: what cannot be the token is said by pantau check, not at night by
// Slack.
func TestSlackTokens(t *testing.T) {
	tests := []struct{ name, token, app, want string }{
		{"both as they should be", "xoxb-1", "xapp-1", ""},
		{"space around them, and the mark of an editor", "\ufeffxoxb-1 \r\n", " xapp-1\n", ""},
		{"a token that rotates", "xoxe.xoxb-1", "xapp-1", ""},
		{"the one for the other", "xapp-1", "xoxb-1", "config.toml:3: slack.token: file:TOKEN: is not the bot token, which begins with xoxb-\nconfig.toml:4: slack.app_token: file:APP: is not the app-level token, which begins with xapp-"},
		{"two in one file", "xoxb-1\nxapp-1\n", "xapp-1", "config.toml:3: slack.token: file:TOKEN: holds more than one word: leave the bot token alone there"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			token, app := filepath.Join(dir, "token"), filepath.Join(dir, "app")
			for path, secret := range map[string]string{token: tt.token, app: tt.app} {
				if err := os.WriteFile(path, []byte(secret), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			text := fmt.Sprintf("[slack]\nchannel = '#a'\ntoken = 'file:%s'\napp_token = 'file:%s'\n[[brands]]\nname = 'A'\n[[sources]]\nname = 's'\nkind = 'sample'\nbrand = 'A'\n", token, app)
			_, err := Parse("config.toml", []byte(text), noEnv, nil)
			got := ""
			if err != nil {
				got = strings.NewReplacer(token, "TOKEN", app, "APP").Replace(err.Error())
			}
			if got != tt.want {
				t.Errorf("Parse = %q, want %q", got, tt.want)
			}
		})
	}
}

func TestSecretForms(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "token")
	if err := os.WriteFile(path, []byte("  value\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, mode := range map[string]os.FileMode{"open": 0o644, "shared": 0o640} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("value"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(filepath.Join(dir, name), mode); err != nil {
			t.Fatal(err)
		}
	}
	env := func(name string) string {
		return map[string]string{"CREDENTIALS_DIRECTORY": dir, "TOKEN": "value"}[name]
	}
	tests := []struct{ name, reference, want, wantErr string }{
		{"a systemd credential", "credential:token", "value", ""},
		{"a file", "file:" + path, "value", ""},
		{"a file that everybody may read is refused", "file:" + filepath.Join(dir, "open"), "", "chmod 640"},
		{"a file of a group", "credential:shared", "value", ""},
		{"the environment", "env:TOKEN", "value", ""},
		{"a missing credential", "credential:other", "", "no such file"},
		{"a credential name cannot leave its folder", "credential:../token", "", "no slash"},
		{"an unset variable", "env:OTHER", "", "not set"},
		{"a pasted secret is refused", "xoxb-1-2-3", "", "secrets do not stand in this file"},
		{"a pasted webhook is refused", "https://example.org/secret", "", "secrets do not stand in this file"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := readSecret(tt.reference, env)
			if got.Reveal() != tt.want || (err == nil) != (tt.wantErr == "") || err != nil && !strings.Contains(err.Error(), tt.wantErr) {
				t.Errorf("readSecret(%q) = %q, %v; want %q, error with %q", tt.reference, got.Reveal(), err, tt.want, tt.wantErr)
			}
			if err != nil && strings.Contains(err.Error(), "example.org/secret") {
				t.Errorf("the error shows the secret: %v", err)
			}
		})
	}
}

func TestSchedule(t *testing.T) {
	tests := []struct{ name, text, wantErr string }{
		{"five fields", "*/20 * * * *", ""},
		{"a descriptor", "@hourly", ""},
		{"an interval", "@every 90s", ""},
		{"a zone", "CRON_TZ=Asia/Jakarta 0 7 * * *", ""},
		{"a zone without fields does not crash", "TZ=UTC", "fields are missing"},
		{"out of range", "61 * * * *", "above maximum"},
		{"less than a second", "@every 1ms", "less than a second"},
		{"nothing at all", "@every 0s", "less than a second"},
		{"backwards", "@every -5m", "less than a second"},
		{"a day that never comes", "0 0 30 2 *", "never comes"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := parseSchedule(tt.text)
			if (err == nil) != (tt.wantErr == "") || err != nil && !strings.Contains(err.Error(), tt.wantErr) {
				t.Errorf("parseSchedule(%q) = %v, want %q", tt.text, err, tt.wantErr)
			}
		})
	}
}

func TestInterval(t *testing.T) {
	tests := []struct {
		text string
		want time.Duration
	}{
		{"@every 90s", 90 * time.Second},
		{"0 * * * *", time.Hour},
		{"0 9,17 * * *", 16 * time.Hour},
		{"0 3 * * 0", 7 * 24 * time.Hour},
	}
	for _, tt := range tests {
		s, err := parseSchedule(tt.text)
		if err != nil {
			t.Fatal(err)
		}
		if got := interval(s); got != tt.want {
			t.Errorf("interval(%q) = %s, want %s", tt.text, got, tt.want)
		}
	}
}

func TestStateDirectory(t *testing.T) {
	data, err := os.ReadFile("../config.toml")
	if err != nil {
		t.Fatal(err)
	}
	c, err := Parse("config.toml", data, func(name string) string { return map[string]string{"STATE_DIRECTORY": "/var/lib/pantau"}[name] }, nil)
	if err != nil || c.Database != "/var/lib/pantau/pantau.db" {
		t.Errorf("Parse under systemd: database %v, %v; want /var/lib/pantau/pantau.db", c, err)
	}
}

func TestQuietHours(t *testing.T) {
	night := QuietHours{From: 22 * time.Hour, To: 6 * time.Hour}
	lunch := QuietHours{From: 12 * time.Hour, To: 13 * time.Hour}
	tests := []struct {
		name  string
		hours QuietHours
		clock string
		want  bool
	}{
		{"before the night", night, "21:59", false},
		{"the night begins", night, "22:00", true},
		{"after midnight", night, "03:00", true},
		{"the night ends", night, "06:00", false},
		{"within a day", lunch, "12:30", true},
		{"after it", lunch, "13:00", false},
	}
	for _, tt := range tests {
		at, err := time.Parse("15:04", tt.clock)
		if err != nil {
			t.Fatal(err)
		}
		if got := tt.hours.Quiet(at); got != tt.want {
			t.Errorf("%s: Quiet(%s) = %t, want %t", tt.name, tt.clock, got, tt.want)
		}
	}
}

// TestAMarkOfNotepad reads what Notepad and Excel write before the first byte.
func TestAMarkOfNotepad(t *testing.T) {
	data, err := os.ReadFile("../config.toml")
	if err != nil {
		t.Fatal(err)
	}
	if c, err := Parse("config.toml", append([]byte("\xef\xbb\xbf"), data...), noEnv, nil); err != nil || len(c.Sources) != 4 {
		t.Errorf("Parse with a byte order mark = %v, %v", c, err)
	}
}

func FuzzParse(f *testing.F) {
	data, err := os.ReadFile("../config.toml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte("a = [\n1, # x\n{b.c = 2}]\n[[d.e]]\n[d.e.f]\ng=1"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := Parse("config.toml", data, noEnv, nil)
		if (c == nil) == (err == nil) {
			t.Errorf("Parse = %v, %v: want either a configuration or an error", c, err)
		}
	})
}

func TestLoopback(t *testing.T) {
	for host, want := range map[string]bool{"localhost": true, "127.0.0.1": true, "127.8.9.10": true, "::1": true, "::1%lo": true, "::ffff:127.0.0.1": true,
		"": false, "0.0.0.0": false, "::": false, "10.0.0.1": false, "localhost.example": false, "127.0.0.1.example": false, "127.1": false} {
		if got := Loopback(host); got != want {
			t.Errorf("Loopback(%q) = %v", host, got)
		}
	}
}
