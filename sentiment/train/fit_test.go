package main

import (
	"math"
	"slices"
	"testing"
)

// loss is the quantity whose derivative gradient returns.
func loss(pol, sub float64, label int, polar bool) float64 {
	if polar {
		if label == negative {
			pol = -pol
		}
		return math.Log(1 + math.Exp(-2*pol))
	}
	z := math.Log(math.Exp(sub+pol) + math.Exp(sub-pol) + 1)
	switch label {
	case positive:
		return z - sub - pol
	case negative:
		return z - sub + pol
	}
	return z
}

func TestGradientIsTheDerivative(t *testing.T) {
	const h = 1e-6
	for _, polar := range []bool{false, true} {
		for label := negative; label <= positive; label++ {
			if polar && label == neutral {
				continue
			}
			for _, at := range [][2]float64{{0, 0}, {1.5, -0.7}, {-2, 0.3}, {0.1, 3}} {
				pol, sub := at[0], at[1]
				dp, ds := gradient(pol, sub, label, polar)
				wantP := (loss(pol+h, sub, label, polar) - loss(pol-h, sub, label, polar)) / (2 * h)
				wantS := (loss(pol, sub+h, label, polar) - loss(pol, sub-h, label, polar)) / (2 * h)
				if math.Abs(dp-wantP) > 1e-5 || math.Abs(ds-wantS) > 1e-5 {
					t.Errorf("gradient(%v, %v, label %d, polar %v) = %v %v, want %v %v", pol, sub, label, polar, dp, ds, wantP, wantS)
				}
			}
		}
	}
}

func TestFoldCliticsMergesCounts(t *testing.T) {
	terms := map[string]*term{
		"harga":    {text: "harga", n: 10, families: map[string]int{"a": 10}},
		"harganya": {text: "harganya", n: 4, families: map[string]int{"b": 4}},
		"biasa":    {text: "biasa", n: 9, families: map[string]int{"a": 9}},
		"biasanya": {text: "biasanya", n: 5, families: map[string]int{"a": 5}},
	}
	foldClitics(terms, map[string]bool{"biasanya": true})
	if terms["harganya"] != nil || terms["harga"].n != 14 || terms["harga"].families["b"] != 4 {
		t.Errorf("harga is %+v, want 14 texts of two families and no harganya", terms["harga"])
	}
	if terms["biasanya"] == nil {
		t.Error("biasanya was merged with biasa, which means something else")
	}
}

func TestConflict(t *testing.T) {
	tests := []struct {
		name string
		x    map[string]*[3]int
		want bool
	}{
		{"families agree", map[string]*[3]int{"a": {1, 0, 9}, "b": {2, 5, 18}}, false},
		{"families disagree", map[string]*[3]int{"a": {1, 0, 9}, "b": {18, 5, 2}}, true},
		{"too few texts", map[string]*[3]int{"a": {1, 0, 9}, "b": {3, 0, 0}}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			y := tally{sources: tt.x}
			if got := y.conflict(); got != tt.want {
				t.Errorf("conflict of %v is %v, want %v", tt.x, got, tt.want)
			}
		})
	}
}

func TestThinLeavesOutByEntry(t *testing.T) {
	keys := []uint64{hash("bagus"), hash("parah"), hash("lama"), hash("baru di daftar")}
	x := example{features: []feature{{id: 0, value: 1}, {id: 1, value: 1}, {id: 2, value: 1}}}
	longer := example{features: append([]feature{{id: 3, value: 1}}, x.features...)}
	var a, b example
	const draws, share = 2000, 0.2
	kept := 0
	for draw := range uint64(draws) {
		thin(keys, mix(7, draw), share, &x, &a)
		thin(keys, mix(7, draw), share, &longer, &b)
		kept += len(a.features)
		rest := b.features
		if len(rest) > 0 && rest[0].id == 3 {
			rest = rest[1:]
		}
		if !slices.Equal(a.features, rest) {
			t.Fatalf("draw %d keeps %v, and beside one more entry %v", draw, a.features, rest)
		}
	}
	if got := float64(kept) / (3 * draws); math.Abs(got-(1-share)) > 0.02 {
		t.Errorf("kept a share of %.3f, want %.1f", got, 1-share)
	}
}
