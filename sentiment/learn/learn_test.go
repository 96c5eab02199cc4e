package learn

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pantau/sentiment"
)

func TestPropose(t *testing.T) {
	var reviews []Review
	for i := range 40 {
		reviews = append(reviews,
			Review{fmt.Sprintf("pesanan nomor %d blorong terus di jakarta", i), 1},
			Review{fmt.Sprintf("pesanan nomor %d gemrincing di jakarta", i), 5},
			Review{"mblayang dan gemrincing", 3})
	}
	a, err := sentiment.Default()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]Proposal{}
	for _, p := range Propose(a, reviews, "Gerai", 200) {
		got[p.Term] = p
	}
	for term, sign := range map[string]int{"blorong": -1, "gemrincing": 1} {
		p, ok := got[term]
		if !ok || p.Weight*sign <= 0 || p.Low+p.High != 40 || len(p.Examples) != 3 {
			t.Errorf("proposal for %q is %+v, want one with sign %d, 40 reviews and 3 examples", term, p, sign)
		}
		for _, e := range p.Examples {
			if !strings.Contains(e, term) {
				t.Errorf("example %q for %q", e, term)
			}
		}
	}
	for term := range got {
		for _, no := range []string{"jakarta", "mblayang", "nomor"} {
			if strings.Contains(" "+term+" ", " "+no+" ") && term == no {
				t.Errorf("%q is proposed: it is denied, has three stars only, or stands on both sides", term)
			}
		}
	}
}

func TestExamplesSpeakForTheWeight(t *testing.T) {
	a, err := sentiment.Default()
	if err != nil {
		t.Fatal(err)
	}
	reviews := []Review{{"blorong tapi suka", 5}, {"blorong tapi enak", 4}}
	for i := range 40 {
		reviews = append(reviews, Review{fmt.Sprintf("blorong %d", i), 1}, Review{"cocok", 5})
	}
	for _, p := range Propose(a, reviews, "Gerai", 200) {
		if p.Term == "blorong" && (p.Weight >= 0 || p.Examples[0] != "blorong 0") {
			t.Errorf("proposal %+v, want examples with one star first", p)
		}
	}
}

func TestProposeNeedsReviews(t *testing.T) {
	a, err := sentiment.Default()
	if err != nil {
		t.Fatal(err)
	}
	if got := Propose(a, []Review{{"blorong", 1}, {"blorong", 1}}, "Gerai", 200); len(got) != 0 {
		t.Errorf("two reviews make %v, want no proposal", got)
	}
}

// What only stands beside a word that the lexicon knows teaches nothing.
func TestProposeLeavesWhatIsKnown(t *testing.T) {
	a, err := sentiment.Default()
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]bool{"blorong jelek sekali": false, "blorong gerai": true} {
		var reviews []Review
		for i := range 60 {
			reviews = append(reviews, Review{fmt.Sprint(text, " nomor ", i), 1}, Review{"bagus dan cepat", 5}, Review{"pesanan gerai", 4})
		}
		got := Propose(a, reviews, "Gerai", 200)
		proposed := slices.ContainsFunc(got, func(p Proposal) bool { return p.Term == "blorong" })
		if proposed != want {
			t.Errorf("%q: blorong is proposed: %v, want %v: %+v", text, proposed, want, got)
		}
		if slices.ContainsFunc(got, func(p Proposal) bool { return p.Term == "gerai" }) {
			t.Errorf("%q: the name of the brand is proposed", text)
		}
	}
}

func TestProposeKeepsTheLimit(t *testing.T) {
	a, err := sentiment.Default()
	if err != nil {
		t.Fatal(err)
	}
	var reviews []Review
	for range 40 {
		reviews = append(reviews, Review{"blorong", 1}, Review{"mblayang", 1}, Review{"gemrincing", 5})
	}
	if got := Propose(a, reviews, "", 2); len(got) != 2 {
		t.Errorf("%d proposals, want 2 at most: %+v", len(got), got)
	}
}
