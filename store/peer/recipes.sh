#!/usr/bin/env bash
# The recipes of docs/queries.md that need tools of others: DuckDB (from npm)
# reads a Parquet export, and LibreOffice (Debian: libreoffice-calc-nogui) opens a
# CSV export full of formulas and must not find one. A tool that is not there is
# named and left out.
set -euo pipefail
cd "$(dirname "$0")/../.."
rig=${PANTAU_PEER_DIR:-$(mktemp -d)}
trap 'rm -f "$rig"/p.db* "$rig"/*.csv "$rig"/*.parquet "$rig"/*.fods "$rig"/pantau "$rig"/pantau.key' EXIT
go build -o "$rig/pantau" .
here=$PWD
cd "$rig"

# Every beginning that makes a spreadsheet calculate, behind what hides it.
{
    echo "id,time,stars,text"
    n=0
    for formula in '=1+1' '+1+1' '-1-1' '@SUM(1)' '=HYPERLINK(""http://127.0.0.1"")' '=cmd|/C calc!A0' '＝1+1' '|calc'; do
        for hidden in '' ' ' '  ' $'\t' $'\n' $'\r' $'\u00a0' $'\u200b' $'\ufeff' $'\u202e' "''" '""'; do
            for wrapped in '%s' '%s rusak' '%s;%s' '%s\n%s' 'a\n%s' '%s,%s'; do
                n=$((n + 1))
                printf '%d,2026-11-%02dT10:00:00+07:00,1,"' "$n" $((n % 20 + 1))
                # shellcheck disable=SC2059 # the formats are ours
                printf "$wrapped" "$hidden$formula" "$hidden$formula"
                echo '"'
            done
        done
    done
} >formulas.csv
./pantau import formulas.csv --brand 'Toko Contoh' --source toko --database p.db

if command -v npm >/dev/null; then
    test -d node_modules/@duckdb || npm install --silent --no-audit --no-fund @duckdb/node-api@1.5.6-r.1 >/dev/null
    ./pantau export v_daily daily.parquet --database p.db
    ./pantau query --database p.db --csv "SELECT day, mentions, negatives, 'DATE' FROM v_daily ORDER BY day" | tail -n +2 | tr , '|' >want
    cp "$here/store/peer/duckdb.mjs" .
    node duckdb.mjs daily.parquet | diff want - && echo "DuckDB: $(wc -l <want) days, the same numbers"
else
    echo "DuckDB: left out, npm is not there"
fi

formulas() { # counts the formula cells of a CSV file as LibreOffice sees it
    rm -f out/*.fods
    soffice --headless "-env:UserInstallation=file://$rig/office" --convert-to fods --outdir out "$1" >/dev/null 2>&1
    grep -c 'table:formula=' "out/$(basename "$1" .csv).fods" || true
}
if command -v soffice >/dev/null; then
    ./pantau export v_mentions mentions.csv --database p.db
    raw=$(formulas formulas.csv) ours=$(formulas mentions.csv)
    echo "LibreOffice: $raw formulas in the file that was imported, $ours in the export"
    test "$raw" -gt 0 && test "$ours" -eq 0
else
    echo "LibreOffice: left out, soffice is not there"
fi
