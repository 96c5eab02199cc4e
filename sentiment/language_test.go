package sentiment

import (
	"testing"

	"pantau/brand"
)

func TestLanguage(t *testing.T) {
	tests := []struct {
		rule, text string
		want       brand.Language
	}{
		{"Indonesian", "paketnya sudah sampai, terima kasih", brand.Indonesian},
		{"Indonesian slang", "gak bs login min, udh dicoba berkali2", brand.Indonesian},
		{"loan words belong to nobody", "order via aplikasi, barangnya recommended", brand.Indonesian},
		{"Javanese counts as Indonesian", "panganane enak tenan, regane murah", brand.Indonesian},
		{"English", "they never answered any of my emails", brand.English},
		{"thanks are English where English stands around them", "thank you, we got it, thanks!", brand.English},
		{"no thanks", "no thanks", brand.English},
		{"thanks in Indonesian are no second language", "thanks ya kak, barangnya sudah datang", brand.Indonesian},
		{"a loan word and English", "highly recommended, will come back", brand.English},
		{"two languages, two words each", "kurirnya rude banget, never again deh pakai ini", brand.Mixed},
		{"one English word is a loan", "service di sini lambat sekali", brand.Indonesian},
		{"Malay", "korang memang teruk, barang rosak masa penghantaran", brand.Malay},
		{"another language", "der Versand hat drei Wochen gedauert und niemand antwortet", brand.OtherLanguage},
		{"too few words to say", "xyzzy plugh", brand.LanguageUnknown},
		{"no words", "12345 :) <url>", brand.LanguageUnknown},
	}
	a := analyzer(t)
	for _, tt := range tests {
		t.Run(tt.rule, func(t *testing.T) {
			if got := a.Score(tt.text, 0).Language; got != tt.want {
				t.Errorf("Score(%q).Language = %s, want %s", tt.text, got, tt.want)
			}
		})
	}
}
