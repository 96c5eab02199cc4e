package alerts

import (
	"strconv"
	"time"

	"github.com/slack-go/slack"

	"pantau/brand"
)

// silence is how long the button silences a brand.
const silence = 24 * time.Hour

// What our buttons and our form are called towards Slack, which sends the names
// back with a click.
const (
	actionsBlock = "pantau_actions"
	noteForm     = "pantau_note"
	noteField    = "note"
)

// button is one thing that people can do below an alert.
type button struct {
	change  brand.Change
	style   slack.Style
	confirm bool // asks again: it closes the incident
}

var buttons = []button{
	{change: brand.Taken, style: slack.StylePrimary},
	{change: brand.Noted},
	{change: brand.Silenced},
	{change: brand.Denied, confirm: true},
	{change: brand.Closed, confirm: true},
}

// actions lays out the buttons of an incident that is not over, or nothing. Only
// its number goes into them; all else is looked up when somebody presses one.
func actions(i brand.Incident, w writer) []slack.Block {
	if i.ID <= 0 || i.State.Ended() {
		return nil
	}
	var elements []slack.BlockElement
	for _, b := range buttons {
		if b.change == brand.Taken && i.Owner != "" {
			continue
		}
		label := slack.NewTextBlockObject(slack.PlainTextType, w.buttons.labels[b.change], true, false)
		element := slack.NewButtonBlockElement(string(b.change), strconv.FormatInt(i.ID, 10), label).WithStyle(b.style)
		if b.confirm {
			element.WithConfirm(w.confirm(b.change))
		}
		elements = append(elements, element)
	}
	return []slack.Block{slack.NewActionBlock(actionsBlock, elements...)}
}

// unformatted is text for a form, in which nothing is markup.
func unformatted(s string) *slack.TextBlockObject {
	return slack.NewTextBlockObject(slack.PlainTextType, s, false, false)
}

func (w writer) confirm(c brand.Change) *slack.ConfirmationBlockObject {
	return slack.NewConfirmationBlockObject(unformatted(w.buttons.sure), unformatted(w.buttons.consequence[c]),
		unformatted(w.buttons.yes), unformatted(w.buttons.no))
}

// noteView is the form that asks for a note.
func (w writer) noteView(incident int64) slack.ModalViewRequest {
	field := slack.NewPlainTextInputBlockElement(unformatted(w.buttons.hint), noteField)
	field.MaxLength, field.Multiline = maxNote, true
	return slack.ModalViewRequest{
		Type: slack.VTModal, CallbackID: noteForm, PrivateMetadata: strconv.FormatInt(incident, 10),
		Title: unformatted(w.buttons.labels[brand.Noted]), Submit: unformatted(w.buttons.save), Close: unformatted(w.buttons.no),
		Blocks: slack.Blocks{BlockSet: []slack.Block{slack.NewInputBlock(noteField, unformatted(w.buttons.question), nil, field)}},
	}
}

// buttonPhrases is what buttons and the answers to a click say.
type buttonPhrases struct {
	labels      map[brand.Change]string // at most 24 characters
	consequence map[brand.Change]string // of what asks again
	sure        string
	yes, no     string
	question    string
	hint        string
	save        string
	refused     string
	failed      string // {id}
}

var indonesianButtons = buttonPhrases{
	labels: map[brand.Change]string{
		brand.Taken: "Saya tangani", brand.Noted: "Catatan", brand.Silenced: "Senyap 24 jam",
		brand.Denied: "Alarm palsu", brand.Closed: "Sudah pulih",
	},
	consequence: map[brand.Change]string{
		brand.Denied: "Insiden ditutup dan dihitung sebagai alarm palsu.",
		brand.Closed: "Insiden ditutup sebagai pulih menurut tim, tanpa menunggu angkanya kembali normal.",
	},
	sure: "Yakin?", yes: "Ya", no: "Batal",
	question: "Apa yang perlu diketahui tim?", hint: "Misalnya: kurir sudah dihubungi, kabar lagi jam 15.00", save: "Simpan",
	refused: "Anda belum punya izin untuk tombol ini. Minta pengelola Pantau menambahkan Anda.",
	failed:  "Belum tercatat: insiden ini mungkin sudah ditutup. Lihat: pantau incidents show {id}",
}

var englishButtons = buttonPhrases{
	labels: map[brand.Change]string{
		brand.Taken: "I am on it", brand.Noted: "Note", brand.Silenced: "Silence 24 h",
		brand.Denied: "False alarm", brand.Closed: "Recovered",
	},
	consequence: map[brand.Change]string{
		brand.Denied: "The incident is closed and counts as a false alarm.",
		brand.Closed: "The incident is closed as recovered by the team's word, before the numbers say so.",
	},
	sure: "Are you sure?", yes: "Yes", no: "Cancel",
	question: "What should the team know?", hint: "For example: courier called, next news at 15:00", save: "Save",
	refused: "You are not listed to press this button. Ask whoever runs Pantau to add you.",
	failed:  "Not recorded: this incident may be closed already. See: pantau incidents show {id}",
}
