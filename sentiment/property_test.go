package sentiment

import (
	"bufio"
	"cmp"
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pantau/brand"
	"pantau/internal/cputime"
)

func analyzer(t testing.TB) *Analyzer {
	t.Helper()
	a, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// devTexts returns about n of the development texts, or skips.
func devTexts(t *testing.T, n int) []string {
	names, _ := filepath.Glob("../../shared/data/sentiment/dev/*.tsv")
	if len(names) == 0 {
		t.Skip("no texts in ../shared/data/sentiment/dev")
	}
	var out []string
	for _, name := range names {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		scan := bufio.NewScanner(f)
		scan.Buffer(nil, 1<<20)
		for scan.Scan() {
			_, text, _ := strings.Cut(scan.Text(), "\t")
			out = append(out, text)
		}
		f.Close()
	}
	rng := rand.New(rand.NewPCG(1, 2))
	rng.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out[:min(n, len(out))]
}

// checkScore holds for every text.
func checkScore(t *testing.T, a *Analyzer, text string, s *brand.Score) {
	t.Helper()
	if !(s.Compound >= -1 && s.Compound <= 1) || !(s.PNegative >= 0 && s.PNegative <= 1) {
		t.Fatalf("Score(%.80q): compound %v, P(negative) %v", text, s.Compound, s.PNegative)
	}
	if s.Polarity == brand.Unknown {
		if len(s.Hits) != 0 || s.Compound != 0 {
			t.Fatalf("Score(%.80q) is unknown with hits %v, compound %v", text, s.Hits, s.Compound)
		}
	} else {
		polarity, compound := Verdict(Sum(a.Bias(), s.Hits))
		if polarity != s.Polarity || math.Abs(compound-s.Compound) > 1e-9 {
			t.Fatalf("Score(%.80q) = %s %v, its hits say %s %v", text, s.Polarity, s.Compound, polarity, compound)
		}
	}
	for _, h := range s.Hits {
		if h.Start < 0 || h.End > len(text) || h.Start >= h.End {
			t.Fatalf("Score(%.80q): span %d to %d of %d bytes", text, h.Start, h.End, len(text))
		}
		if name := strings.TrimPrefix(h.Entry, "~"); a.Denied(name) {
			t.Fatalf("Score(%.80q): denied word %q contributes", text, name)
		}
	}
	for _, c := range s.Causes {
		if c.Start < 0 || c.End > len(text) || c.Start >= c.End || c.Cause == brand.Unexplained {
			t.Fatalf("Score(%.80q): cause %v", text, c)
		}
	}
}

func FuzzScore(f *testing.F) {
	for _, text := range []string{"", "gak bagus, sangat lambat", "paket belum sampai 😡😡", "T_T :( <url> @toko #kecewa",
		"lama2 bikin keseeeel!!!", "caf\u00e9 \u202egnimal\u202c", "\xff\xfe\x80", "z\u0361\u0310a\u0310lgo", "don't n't 'x' ''", "ｇａｙａ 𝓰𝓪𝔂𝓪"} {
		f.Add(text)
	}
	a := analyzer(f)
	f.Fuzz(func(t *testing.T, text string) {
		s := a.Score(text, 0)
		checkScore(t, a, text, &s)
	})
}

func TestExplanationIsComplete(t *testing.T) {
	a := analyzer(t)
	for _, text := range devTexts(t, 3000) {
		s := a.Score(text, 0)
		checkScore(t, a, text, &s)
		encoded, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		var back struct {
			Polarity string
			Compound float64
			Hits     []brand.Hit
		}
		if err := json.Unmarshal(encoded, &back); err != nil {
			t.Fatal(err)
		}
		if s.Polarity == brand.Unknown {
			continue
		}
		if polarity, compound := Verdict(Sum(a.Bias(), back.Hits)); polarity.String() != back.Polarity || compound != back.Compound {
			t.Errorf("%q: the JSON says %s %v, its hits make %s %v", text, back.Polarity, back.Compound, polarity, compound)
		}
	}
}

// without blanks the spans.
func without(text string, spans []Span) string {
	b := []byte(text)
	for _, s := range spans {
		for i := s.Start; i < s.End; i++ {
			b[i] = ' '
		}
	}
	return string(b)
}

// TestHitsDecide removes what the explanation names. A span is what a reader sees
// marked: neighbouring hits that pull the same way, see [Spans].
func TestHitsDecide(t *testing.T) {
	a := analyzer(t)
	rng := rand.New(rand.NewPCG(3, 4))
	var polar, spans, hits, long, random, randomSpans int
	for _, text := range devTexts(t, 4000) {
		s := a.Score(text, 0)
		sign := map[brand.Polarity]float64{brand.Negative: -1, brand.Positive: 1}[s.Polarity]
		if sign == 0 {
			continue
		}
		changes := func(without string) int {
			if a.Score(without, 0).Polarity != s.Polarity {
				return 1
			}
			return 0
		}
		polar++
		top := Spans(nil, text, s.Hits, sign)
		spans += changes(without(text, top[:min(3, len(top))]))
		each := make([]Span, len(s.Hits))
		for i, h := range s.Hits {
			each[i] = Span{h.Start, h.End, h.Weight}
		}
		slices.SortStableFunc(each, func(x, y Span) int { return cmp.Compare(sign*y.Weight, sign*x.Weight) })
		hits += changes(without(text, each[:min(3, len(each))]))
		if len(each) < 6 {
			continue // any three are most of it
		}
		long++
		rng.Shuffle(len(each), func(i, j int) { each[i], each[j] = each[j], each[i] })
		random += changes(without(text, each[:3]))
		rng.Shuffle(len(top), func(i, j int) { top[i], top[j] = top[j], top[i] })
		randomSpans += changes(without(text, top[:min(3, len(top))]))
	}
	share := func(n, of int) float64 { return 100 * float64(n) / float64(of) }
	t.Logf("of %d polar verdicts, %.1f %% change without the top three spans and %.1f %% without the top three hits; of %d with six hits or more, %.1f %% without three random hits and %.1f %% without three random spans",
		polar, share(spans, polar), share(hits, polar), long, share(random, long), share(randomSpans, long))
	if share(spans, polar) < 80 {
		t.Errorf("the top three spans decide %d of %d verdicts, want 80 %%", spans, polar)
	}
	if share(random, long) > 25 {
		t.Errorf("three random hits change %d of %d verdicts, want at most a quarter", random, long)
	}
}

func TestNamesChangeNothing(t *testing.T) {
	a := analyzer(t)
	templates := []string{"pelayanan %s di cabang %s sangat mengecewakan", "suka banget sama %s, adminnya ramah, kirim ke %s cepat",
		"paket dari %s ke %s belum sampai", "%s and %s are both fine I guess", "tadi ketemu orang %s di %s"}
	names := []string{"Telkomsel", "Tokopedia", "Shopee", "Gojek", "Jakarta", "Surabaya", "Bandung", "Jokowi", "Prabowo", "BCA",
		"Samsung", "Toyota", "Persib", "Islam", "Kristen", "Malaysia", "Bali", "Indosat", "Traveloka", "BPJS"}
	texts := 0
	for _, template := range templates {
		want := a.Score(strings.NewReplacer("%s", names[0]).Replace(template), 0)
		for i := range names {
			for j := 1; j <= 5; j++ {
				text := strings.Replace(strings.Replace(template, "%s", names[i], 1), "%s", names[(i+j)%len(names)], 1)
				if got := a.Score(text, 0); got.Polarity != want.Polarity || got.Compound != want.Compound {
					t.Errorf("%q = %s %.3f, with other names %s %.3f", text, got.Polarity, got.Compound, want.Polarity, want.Compound)
				}
				texts++
			}
		}
	}
	if texts != 500 {
		t.Errorf("%d texts were compared, want 500", texts)
	}
}

func TestSpellingChangesNothing(t *testing.T) {
	a := analyzer(t)
	variants := [][2]string{{" tidak ", " gak "}, {" tidak ", " ga "}, {" tidak ", " nggak "}, {" tidak ", " tdk "}, {" banget", " bgt"},
		{"banget", "bangeeeet"}, {" sangat ", " sgt "}, {" bagus", " baguuus"}, {" dengan ", " dgn "}, {" yang ", " yg "}, {" sudah ", " udah "},
		{" belum ", " blm "}, {" kecewa", " kecewaaa"}, {" barang", " brg"}, {" terima kasih", " makasih"}, {"👍", "👍🏽"},
		{"🙏", "🙏🏻"}, {"❤", "❤\ufe0f"}, {"😍", "😍\ufe0f"}, {"😭", "😭😭"}}
	same, all := 0, 0
	for _, text := range devTexts(t, 9000) {
		text = " " + strings.ToLower(text)
		want := a.Score(text, 0).Polarity
		for _, v := range variants {
			if !strings.Contains(text, v[0]) {
				continue
			}
			all++
			if a.Score(strings.ReplaceAll(text, v[0], v[1]), 0).Polarity == want {
				same++
			}
		}
	}
	t.Logf("%d of %d variants keep their class", same, all)
	if float64(same) < 0.98*float64(all) {
		t.Errorf("%d of %d variants keep their class, want 98 %%", same, all)
	}
}

// scoreTimed returns the processor time as well: on a busy machine, the time on
// the wall says more about the others.
func scoreTimed(a *Analyzer, text string) (brand.Score, time.Duration) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	from := cputime.Thread()
	s := a.Score(text, 0)
	return s, cputime.Thread() - from
}

func TestHostileInput(t *testing.T) {
	a := analyzer(t)
	const size = 1 << 20
	fill := func(s string) string { return strings.Repeat(s, size/len(s)) }
	for name, text := range map[string]string{
		"one letter": fill("a"), "one word": fill("bagus "), "negators": fill("tidak "), "double negators": fill("tidak bukan "),
		"intensifiers": fill("sangat ") + "bagus" + fill(" banget"), "zalgo": fill("z\u0361\u0310a\u0310lgo"), "right to left": fill("\u202e\u05d0\u05d1 "),
		"surrogates": fill("\xed\xa0\x80"), "invalid": fill("\xff\xfe"), "emoji": fill("😡"), "families": fill("👨\u200d👩\u200d👧"), "signs": fill(":(<@#'"),
		"unknown": fill("mengxqabcde "), "capitals": fill("JELEK SEKALI!"), "quotes": fill("a'"), "brackets": fill("<ur"), "mixed": fill("otp ga masuk, app-nya lemot parah!! 😭 http://x.y/z "),
	} {
		t.Run(name, func(t *testing.T) {
			// 64 times the text may take 64 times as long. What looks back at
			// everything takes 4096 times; the bound is between, far from both.
			short := time.Duration(math.MaxInt64)
			for range 3 {
				_, took := scoreTimed(a, text[:size/64])
				short = min(short, took)
			}
			s, long := scoreTimed(a, text)
			_, again := scoreTimed(a, text) // without what the first must ask the system for
			long = min(long, again)
			if ratio := float64(long) / float64(short); ratio > 640 {
				t.Errorf("64 times the text takes %.0f times as long", ratio)
			} else {
				t.Logf("%.0f", ratio)
			}
			checkScore(t, a, text, &s)
			if !utf8.ValidString(text) && s.Polarity != brand.Unknown {
				t.Errorf("bytes that are no text are %s", s.Polarity)
			}
		})
	}
}

func TestScoreAllocatesNothing(t *testing.T) {
	if info, ok := debug.ReadBuildInfo(); ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"}) {
		t.Skip("with the race detector, a sync.Pool forgets at random")
	}
	a := analyzer(t)
	texts := []string{"paket saya belum sampai, cs slow respon 😡", "Great app, but it keeps crashing after the update!", "biasanya enak2 aja kok, cuma skrg lemooot bgt"}
	var s brand.Score
	for _, text := range texts {
		a.ScoreInto(&s, text, 0)
	}
	if n := testing.AllocsPerRun(200, func() {
		for _, text := range texts {
			a.ScoreInto(&s, text, 0)
		}
	}); n >= 1 {
		t.Errorf("%v allocations for %d texts, want none", n, len(texts))
	}
}

func TestScoreIntoReusesNothingOfTheLastText(t *testing.T) {
	a := analyzer(t)
	var s brand.Score
	a.ScoreInto(&s, "penipuan, uang saya hilang", 5)
	a.ScoreInto(&s, "xyzzy", 0)
	if s.Polarity != brand.Unknown || s.Compound != 0 || s.Doubtful || len(s.Hits) != 0 || len(s.Causes) != 0 {
		t.Errorf("after another text, an unknown one scores %+v", s)
	}
}
