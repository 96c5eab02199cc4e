package cli

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// pages are what people read, from the root of the project.
func pages(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, pattern := range []string{"*.md", "docs/*.md", "systemd/*.md", "sentiment/lexicon/*.md"} {
		names, err := filepath.Glob("../../" + pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			all[filepath.Clean(name)] = string(text)
		}
	}
	if len(all) < 12 {
		t.Fatalf("only %d pages were found", len(all))
	}
	return all
}

// anchors are the places of a page that a link may name, as GitHub makes them.
func anchors(text string) (list []string) {
	for _, m := range regexp.MustCompile(`(?m)^#+ (.*)$`).FindAllStringSubmatch(text, -1) {
		plain := regexp.MustCompile(`[^\p{L}\p{N}_ -]`).ReplaceAllString(strings.ToLower(m[1]), "")
		list = append(list, strings.ReplaceAll(plain, " ", "-"))
	}
	return list
}

// TestLinks follows every link between the pages, to the file and the heading.
func TestLinks(t *testing.T) {
	all, followed := pages(t), 0
	for name, text := range all {
		for _, m := range regexp.MustCompile(`\]\(([^)\s]+)\)`).FindAllStringSubmatch(text, -1) {
			if strings.Contains(m[1], "://") || strings.HasPrefix(m[1], "mailto:") {
				continue
			}
			file, anchor, _ := strings.Cut(m[1], "#")
			target := name
			if file != "" {
				target = filepath.Join(filepath.Dir(name), file)
			}
			followed++
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s links to %s, which is not there", name, m[1])
			} else if anchor != "" && !slices.Contains(anchors(all[target]), anchor) {
				t.Errorf("%s links to %s, which has no such heading", name, m[1])
			}
		}
	}
	if followed < 50 {
		t.Errorf("only %d links were followed", followed)
	}
}

// TestDocumentedCommands looks up every command and flag that a page or a help text
// shows.
func TestDocumentedCommands(t *testing.T) {
	root, all := newRoot(Streams{}), pages(t)
	for _, cmd := range append(root.Commands(), root) {
		all["pantau "+cmd.Name()+" --help"] = cmd.Long
	}
	looked := 0
	for name, text := range all {
		for _, m := range regexp.MustCompile("(?m)(^ *(?:\\$ )?|[ `/(&])pantau ([a-z-]+)((?: [^`\n|&#;]*)?)").FindAllStringSubmatch(text, -1) {
			before, verb, rest := m[1], m[2], m[3]
			cmd := commandOf(root, verb)
			if cmd == nil {
				if before == "`" || len(before) >= 4 {
					t.Errorf("%s shows pantau %s, which is no command", name, verb)
				}
				continue // the name of the service, the user or the program in a sentence
			}
			rest, _, _ = strings.Cut(rest, ". ")
			for _, flag := range regexp.MustCompile(`--([a-z][a-z-]*)`).FindAllStringSubmatch(rest, -1) {
				looked++
				if flag[1] != "help" && cmd.Flags().Lookup(flag[1]) == nil {
					t.Errorf("%s shows pantau %s --%s, which is no flag", name, verb, flag[1])
				}
			}
		}
	}
	if looked < 30 {
		t.Errorf("only %d flags were looked up", looked)
	}
	for _, cmd := range root.Commands() {
		if cmd.Name() != "help" && cmd.Name() != "completion" && !strings.Contains(all["../../README.md"], cmd.Name()) {
			t.Errorf("README.md does not name pantau %s", cmd.Name())
		}
	}
}

func commandOf(root *cobra.Command, name string) *cobra.Command {
	for _, cmd := range root.Commands() {
		if cmd.Name() == name {
			return cmd
		}
	}
	return nil
}
