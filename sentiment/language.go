package sentiment

import "pantau/brand"

// languageBits are the codes of common.tsv.
var languageBits = map[string]wordFlags{"id": wordIndonesian, "en": wordEnglish, "ms": wordMalay,
	"jv": wordIndonesian, "su": wordIndonesian, "xx": 0}

// language is the vote of the words of a text.
func (a *Analyzer) language(sc *scratch) brand.Language {
	v := &sc.votes
	const i, e, m = 1, wordEnglish / wordIndonesian, wordMalay / wordIndonesian
	id, en, ms := v[i], v[e], v[m]
	words := v[0] + id + en + ms + v[i|e] + v[i|m] + v[e|m] + v[i|e|m] - sc.marks
	switch {
	case words == 0:
		return brand.LanguageUnknown
	case id+en+ms == 0:
		if words >= 3 {
			return brand.OtherLanguage
		}
		return brand.LanguageUnknown
	case 8*(id+en+ms) < words:
		return brand.OtherLanguage
	case ms >= 1 && 5*ms >= id && ms >= en:
		return brand.Malay
	case min(id, en)*4 >= max(id, en) && min(id, en) >= 2:
		return brand.Mixed
	case en > id:
		return brand.English
	}
	return brand.Indonesian
}
