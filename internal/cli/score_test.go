package cli

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pantau/sentiment"
)

func lexicon(t *testing.T) *sentiment.Analyzer {
	t.Helper()
	a, err := sentiment.Default()
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestScoreShowsEverySummand(t *testing.T) {
	var out bytes.Buffer
	if err := (scoreFlags{}).run(lexicon(t), nil, &out, []string{"gak", "bagus,", "sangat", "lambat"}); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(out.String(), "\n")
	if !strings.HasPrefix(lines[0], "negative  -") || !strings.Contains(lines[0], "gak bagus (-") {
		t.Errorf("first line %q, want the verdict and what decided it", lines[0])
	}
	for _, want := range []string{"tidak bagus", "bias", "sum", "language  id"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("output without %q:\n%s", want, out.String())
		}
	}
	if strings.Contains(out.String(), "\x1b") {
		t.Errorf("colour where there is no terminal: %q", out.String())
	}
}

func TestScoreFitsTheTerminal(t *testing.T) {
	text := "pelayanan sangat sangat mengecewakan, ramah banget, tapi paket belum sampai sampai, penjualnya tidak-bertanggung-jawab-sama-sekali-ya"
	a := lexicon(t)
	score := a.Score(text, 0)
	for _, columns := range []int{40, 60, 78} {
		p := scorePrinter{a: a, text: text, score: &score, scopes: a.Scopes(nil, text), columns: columns}
		p.verdict()
		p.hits()
		p.context()
		for line := range strings.Lines(p.String()) {
			if n := width(strings.TrimSuffix(line, "\n")); n > columns {
				t.Errorf("%d columns in a terminal of %d: %q", n, columns, line)
			}
		}
		if !strings.Contains(p.String(), "ramah ← banget") {
			t.Errorf("no arrow from banget to ramah:\n%s", p.String())
		}
	}
}

func TestScoreWithADomain(t *testing.T) {
	for domain, want := range map[string]string{"hotel": "positive", "food": "negative"} {
		a, err := openLexicon([]string{"domain:" + domain})
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := (scoreFlags{}).run(a, nil, &out, []string{"dingin sekali"}); err != nil || !strings.HasPrefix(out.String(), want) || !strings.Contains(out.String(), "domain_"+domain+".tsv:") {
			t.Errorf("in %s: %v\n%s\nwant %s and the line of the entry", domain, err, out.String(), want)
		}
	}
	if _, err := openLexicon([]string{"domain:bnk"}); err == nil || !strings.Contains(err.Error(), "app, bank") {
		t.Errorf("domain:bnk says %v, want the names that exist", err)
	}
}

func TestScoreJSONAddsUp(t *testing.T) {
	var out bytes.Buffer
	if err := (scoreFlags{asJSON: true, stars: 1}).run(lexicon(t), strings.NewReader("paket belum sampai\nxyzzy\n"), &out, nil); err != nil {
		t.Fatal(err)
	}
	dec := json.NewDecoder(&out)
	for _, want := range []string{"negative", "unknown"} {
		var got struct {
			Text, Polarity string
			Hits, Causes   []json.RawMessage
		}
		if err := dec.Decode(&got); err != nil {
			t.Fatal(err)
		}
		if got.Polarity != want || got.Hits == nil || got.Causes == nil {
			t.Errorf("%q is %s with hits %v and causes %v, want %s and lists", got.Text, got.Polarity, got.Hits, got.Causes, want)
		}
	}
}

func TestScoreIsSafeToPrint(t *testing.T) {
	var out bytes.Buffer
	if err := (scoreFlags{}).run(lexicon(t), nil, &out, []string{"bagus\x1b[2Jbagus \u202ebagus"}); err != nil {
		t.Fatal(err)
	}
	if strings.ContainsAny(out.String(), "\x1b\u202e") {
		t.Errorf("control characters reach the terminal: %q", out.String())
	}
}

func TestEvalJSONFields(t *testing.T) {
	name := filepath.Join(t.TempDir(), "x.tsv")
	if err := os.WriteFile(name, []byte("neg\trusak parah\npos\tbagus sekali\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := (evalFlags{asJSON: true}).run(lexicon(t), &out, []string{name}); err != nil {
		t.Fatal(err)
	}
	var got []map[string]any
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	for _, field := range []string{"file", "n", "classes", "accuracy", "macro_f1", "neg_precision", "neg_recall", "neg_f1", "precision_at_recall_85", "unknown_share"} {
		if _, ok := got[0][field]; !ok {
			t.Errorf("no field %q in %v", field, got[0])
		}
	}
}
