package alerts

import (
	"os"
	"reflect"
	"strings"
	"testing"
)

// TestEveryLineIsDocumented looks for the label of each line of an alert, in both
// languages, in docs/alerts.md.
func TestEveryLineIsDocumented(t *testing.T) {
	page, err := os.ReadFile("../docs/alerts.md")
	if err != nil {
		t.Fatal(err)
	}
	for language, p := range map[string]phrases{"id": indonesian, "en": english} {
		all := []string{p.people.placeLabel, p.people.cityLabel}
		for v := reflect.ValueOf(p.labels); len(all) < 2+v.NumField(); {
			all = append(all, v.Field(len(all)-2).String())
		}
		for _, label := range all {
			if !strings.Contains(string(page), "*"+label+"*") {
				t.Errorf("docs/alerts.md does not explain the line %q (%s)", label, language)
			}
		}
	}
}
