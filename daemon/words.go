package daemon

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"

	"pantau/brand"
	"pantau/store"
)

const (
	wordsBefore = 2000 // negatives before the window that say which words are usual
	newWordMost = 5    // words that are named
	newWordTold = 4    // texts that must have a word: fewer may be one person's name
	newWordSure = 3.0  // standard deviations of its log-odds
)

// newWords names the words that came up in the negatives of the window: those
// whose log-odds against the negatives before stand out (Monroe, Colaresi and
// Quinn 2008, "Fightin' Words", with a prior from both together). Copies of a text
// count once, and counts are of texts, not of occurrences.
func newWords(now, before []store.Evidence) (found []brand.Driver) {
	in, n := textsWith(now)
	was, m := textsWith(before)
	if n < newWordTold || m < newWordTold {
		return nil
	}
	type rated struct {
		brand.Driver
		z float64
	}
	var list []rated
	for word, a := range in {
		b := was[word]
		share := (a + b) / (n + m)
		prior := 2 * share // two texts, as both together have them
		odds := func(x, n float64) float64 { return math.Log((x + prior) / (n - x + 2 - prior + 0.5)) }
		z := (odds(a, n) - odds(b, m)) / math.Sqrt(1/(a+prior)+1/(b+prior))
		if a >= newWordTold && z >= newWordSure {
			list = append(list, rated{brand.Driver{Key: word, Observed: int(a), Expected: b / m * n}, z})
		}
	}
	slices.SortFunc(list, func(a, b rated) int { return cmp.Or(cmp.Compare(b.z, a.z), cmp.Compare(a.Key, b.Key)) })
	for _, r := range list[:min(len(list), newWordMost)] {
		found = append(found, r.Driver)
	}
	return found
}

// plainWords come up with everything and explain nothing.
var plainWords = []string{
	"ada", "adalah", "akan", "atau", "bagi", "bahwa", "baru", "begini", "begitu", "belum", "bikin", "bilang", "bisa", "bukan", "cuma",
	"dalam", "dapat", "dari", "dengan", "demi", "hanya", "hari", "harus", "hingga", "ingin", "itu", "jadi", "jangan", "juga", "kalau",
	"kalo", "kami", "kamu", "karena", "karna", "kita", "lagi", "lebih", "maka", "malah", "mana", "masa", "masih", "mereka", "nggak",
	"oleh", "pada", "padahal", "paling", "para", "pernah", "saat", "saja", "sampai", "sampe", "sangat", "saya", "sebelum", "secara",
	"sedang", "sekali", "sekarang", "selalu", "semua", "seperti", "serta", "setelah", "setiap", "sudah", "supaya", "tadi", "tanpa",
	"tapi", "telah", "terus", "tetap", "tetapi", "tidak", "udah", "untuk", "yang", "about", "after", "again", "been", "from", "have",
	"just", "more", "only", "really", "still", "than", "that", "their", "them", "then", "there", "they", "this", "very", "was", "were",
	"what", "when", "will", "with", "would", "your",
}

// textsWith counts in how many different texts each word is, and the texts.
func textsWith(list []store.Evidence) (texts map[string]float64, n float64) {
	texts = map[string]float64{}
	seen := map[uint64]bool{}
	for _, e := range list {
		if seen[e.Fingerprint] {
			continue
		}
		seen[e.Fingerprint] = true
		n++
		words := strings.FieldsFunc(strings.ToLower(e.Text), func(r rune) bool { return !unicode.IsLetter(r) })
		slices.Sort(words)
		for _, w := range slices.Compact(words) {
			if len(w) >= 4 && len(w) <= 24 && !slices.Contains(plainWords, w) { // shorter ones are mostly particles
				texts[w]++
			}
		}
	}
	return texts, n
}
