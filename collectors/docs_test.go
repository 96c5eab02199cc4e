package collectors

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pantau/config"
)

var tomlBlock = regexp.MustCompile("(?s)```toml\n(.*?)```")

// TestDocumentedExamples makes a collector of every example on the page, and wants
// one of each kind.
func TestDocumentedExamples(t *testing.T) {
	data, err := os.ReadFile("../docs/collectors.md")
	if err != nil {
		t.Fatal(err)
	}
	var shown []string
	for _, block := range tomlBlock.FindAllStringSubmatch(string(data), -1) {
		src, err := config.ParseSource("collectors.md", []byte(block[1]))
		if err == nil {
			shown = append(shown, src.Kind)
			_, err = New(src, testClient())
		}
		if err != nil {
			t.Errorf("%v in\n%s", err, block[1])
		}
	}
	for _, kind := range Kinds() {
		if !slices.Contains(shown, kind) || !strings.Contains(string(data), "\n### "+kind+"\n") || !strings.Contains(string(data), "(#"+kind+")") {
			t.Errorf("docs/collectors.md has no section, link or example of the kind %s", kind)
		}
	}
}
