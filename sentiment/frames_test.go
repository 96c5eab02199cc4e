package sentiment

import (
	_ "embed"
	"strings"
	"testing"

	"pantau/brand"
)

//go:embed testdata/frames.tsv
var frames string

// frameWords stand in the frames, ten of each.
var frameWords = map[string][]string{
	"[P]": strings.Fields("ramah bersih enak cepat nyaman lezat sopan rapi murah bagus"),
	"[C]": strings.Fields("lambat kotor jorok jelek mahal kasar bau rusak jutek lemot"),
	"[p]": strings.Fields("friendly clean tasty fast comfortable helpful reliable polite great beautiful"),
	"[c]": strings.Fields("slow dirty rude ugly broken terrible noisy disappointing useless boring"),
}

// fill puts the words of a turn into a frame; two places of one frame get different ones.
func fill(frame string, turn int) string {
	for shift, place := range []string{"[P]", "[C]", "[p]", "[c]"} {
		words := frameWords[place]
		frame = strings.ReplaceAll(frame, place, words[(turn+3*shift)%len(words)])
	}
	return frame
}

// TestFrames reads sentences for what their grammar says of any word: negation, doubt,
// wishes, comparison, concession, mockery.
func TestFrames(t *testing.T) {
	const least = 0.88
	a := analyzer(t)
	right, all := 0, 0
	if err := eachRow("frames.tsv", frames, func(r row) error {
		want, held := brand.Negative, 0
		if r.field(0) == "pos" {
			want = brand.Positive
		}
		for turn := range 10 {
			if a.Score(fill(r.field(1), turn), 0).Polarity == want {
				held++
			}
		}
		right, all = right+held, all+10
		if held < 5 {
			t.Logf("%d of 10 are %s: %s", held, want, r.field(1))
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d of %d sentences, %.1f %%", right, all, 100*float64(right)/float64(all))
	if float64(right) < least*float64(all) {
		t.Errorf("%d of %d sentences are read right, want %.0f %%", right, all, 100*least)
	}
}
