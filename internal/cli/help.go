package cli

const rootHelp = `
Pantau watches public reviews and mentions of brands, scores them with an open
Indonesian and English lexicon, and raises an alert when complaints spike.

Usage:
    pantau run        collect on schedule, detect and alert until stopped
    pantau once       one round of every source, then exit
    pantau check      check the configuration and exit
    pantau import     read a file of past mentions into the store; never alerts
    pantau score      how a text is scored, word by word
    pantau eval, lexicon             measure the scorer; propose new words
    pantau backtest   replay a history: what would have been alerted
    pantau incidents  list, explain and act on incidents
    pantau sources    what each source covers and how it fares
    pantau query, export, search     read the store: SQL, files, words
    pantau label, rescore            correct a verdict; judge the past again
    pantau backup, restore, erase    copy, bring back, delete for good
    pantau test-alert, failure, version    try the channels; report a crash

Every command explains itself with --help. Exit status is 0 after a clean end,
1 after a failure, 2 if the command line or the configuration is wrong.

Example:
    $ pantau score "gak bagus, sangat lambat"`
