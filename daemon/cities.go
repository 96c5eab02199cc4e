package daemon

import (
	"maps"
	"slices"
	"strings"
	"time"

	"pantau/brand"
	"pantau/internal/city"
	"pantau/trends"
)

const (
	cityTexts = 20_000 // newest texts of four weeks that are searched for cities
	cityLeast = 3      // texts that must name a city: fewer may be one street
)

// cities ranks the cities that the complaints of a window name by excess over the
// four weeks before. Cities that the brand is called after say nothing.
func (d *decision) cities(from, to time.Time) ([]brand.Driver, error) {
	own := city.Find(strings.Join(append([]string{d.brand.Name}, d.brand.Keywords...), " | "))
	named := trends.Tally{}
	before := 0
	err := d.tx.EachText(d.brandID, from, to, cityTexts, func(text string, now bool) {
		if !now {
			before++
		}
		for _, name := range city.Find(text) {
			if now {
				named.Add(name, 1, 0)
			} else {
				named.Add(name, 0, 1)
			}
		}
	})
	if err != nil {
		return nil, err
	}
	maps.DeleteFunc(named, func(name string, g trends.Group) bool { return g.Observed < cityLeast || slices.Contains(own, name) })
	return trends.Drivers(named.Groups(), usual(d.verdict, past(d.groups))/float64(max(before, 1))), nil
}
