#!/usr/bin/env bash
# Reads a real WordPress: posts, comments, an edit, what has not changed (304) and a
# post in the trash. Installs WordPress and MariaDB from Debian's packages when they
# are missing (as root), runs them from a directory of its own on loopback, and ends
# only what it started.
set -euo pipefail
cd "$(dirname "$0")/../.."
if ! command -v mariadbd php >/dev/null || ! test -d /usr/share/wordpress; then
    # A package would start a database of its own: this one is told not to.
    policy=/usr/sbin/policy-rc.d
    test -e $policy || { printf '#!/bin/sh\nexit 101\n' >$policy; chmod +x $policy; trap 'rm -f /usr/sbin/policy-rc.d' EXIT; }
    DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends wordpress wordpress-theme-twentytwentyone \
        mariadb-server php-cli php-mysql php-xml php-mbstring php-curl php-gd >/dev/null
fi

rig=$(mktemp -d)
database='' web=''
finish() {
    status=$?
    for process in $web $database; do kill "$process" 2>/dev/null && wait "$process" 2>/dev/null || true; done
    test $status = 0 || tail -n 20 "$rig"/*.log || true
    rm -rf "$rig"
    if test "${policy:-}" && grep -q 'exit 101' "$policy" 2>/dev/null; then rm -f "$policy"; fi
    exit $status
}
trap finish EXIT

say() { printf '\n== %s\n' "$*"; }
expect() { # TEXT WANT GOT
    if test "$2" != "$3"; then printf 'FAIL %s: want %s, got %s\n' "$1" "$2" "$3" >&2; exit 1; fi
    printf 'ok   %s: %s\n' "$1" "$3"
}
waitfor() { for _ in $(seq 150); do "$@" >/dev/null 2>&1 && return; sleep 0.2; done; echo "waited in vain for $*" >&2; exit 1; }

say "MariaDB and WordPress in $rig"
mariadb-install-db --no-defaults --user=root --datadir="$rig/data" --skip-test-db --auth-root-authentication-method=normal >"$rig/install.log" 2>&1
mariadbd --no-defaults --user=root --datadir="$rig/data" --socket="$rig/sql" --pid-file="$rig/pid" --skip-networking \
    --innodb-buffer-pool-size=32M --innodb-flush-log-at-trx-commit=0 >"$rig/database.log" 2>&1 &
database=$!
waitfor mariadb --no-defaults -u root -S "$rig/sql" -e 'SELECT 1'
mariadb --no-defaults -u root -S "$rig/sql" -e 'CREATE DATABASE wp; CREATE USER wp@localhost IDENTIFIED BY "wp"; GRANT ALL ON wp.* TO wp@localhost'
cp -rL /usr/share/wordpress "$rig/site"
mkdir -p "$rig/site/wp-content/themes"
port=$(php -r '$s = stream_socket_server("tcp://127.0.0.1:0"); echo preg_replace("/.*:/", "", stream_socket_get_name($s, false));')
site=http://127.0.0.1:$port
cat >"$rig/site/wp-config.php" <<PHP
<?php
define('DB_NAME', 'wp'); define('DB_USER', 'wp'); define('DB_PASSWORD', 'wp'); define('DB_HOST', 'localhost:$rig/sql'); define('DB_CHARSET', 'utf8mb4'); define('DB_COLLATE', '');
define('WP_HOME', '$site'); define('WP_SITEURL', '$site'); define('WP_HTTP_BLOCK_EXTERNAL', true); define('DISABLE_WP_CRON', true); define('AUTOMATIC_UPDATER_DISABLED', true);
foreach (['AUTH_KEY','SECURE_AUTH_KEY','LOGGED_IN_KEY','NONCE_KEY','AUTH_SALT','SECURE_AUTH_SALT','LOGGED_IN_SALT','NONCE_SALT'] as \$k) define(\$k, 'only-for-this-test');
\$table_prefix = 'wp_';
if (!defined('ABSPATH')) define('ABSPATH', __DIR__ . '/');
require_once ABSPATH . 'wp-settings.php';
PHP
cat >"$rig/router.php" <<'PHP'
<?php // the built-in server of PHP has no rewriting, and logs no request that PHP answers
register_shutdown_function(function () { file_put_contents(__DIR__ . '/requests.log', http_response_code() . ' ' . $_SERVER['REQUEST_URI'] . "\n", FILE_APPEND); });
$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
if ($path !== '/' && is_file($_SERVER['DOCUMENT_ROOT'] . $path)) return false;
$_SERVER['SCRIPT_NAME'] = '/index.php';
require $_SERVER['DOCUMENT_ROOT'] . '/index.php';
PHP
wp() { # PHP code inside WordPress
    ( cd "$rig/site" && php -d memory_limit=256M -r 'define("WP_USE_THEMES", false); $_SERVER["HTTP_HOST"] = "'"127.0.0.1:$port"'"; require "wp-load.php"; '"$1" ) 2>>"$rig/php.log"
}
( cd "$rig/site" && php -r 'define("WP_INSTALLING", true); require "wp-load.php"; require "wp-admin/includes/upgrade.php"; wp_install("Forum", "admin", "a@example.org", true, "", "only-for-this-test");' ) >"$rig/php.log" 2>&1
wp 'update_option("permalink_structure", "/%year%/%postname%/"); switch_theme("twentytwentyone");'
wp 'flush_rewrite_rules();'
first=$(wp 'wp_delete_post(1, true); echo wp_insert_post(["post_title" => "Paket tidak sampai", "post_content" => "Pesanan dari Sandang Senja belum sampai, admin tidak membalas. WA saya 081234567890.", "post_status" => "publish", "post_author" => 1, "post_date_gmt" => gmdate("Y-m-d H:i:s", time() - 7200)]);')
second=$(wp 'echo wp_insert_post(["post_title" => "Jahitan rapi", "post_content" => "<p>Bahan Sandang Senja adem &amp; <b>rapi</b> 👍🏽</p>", "post_status" => "publish", "post_author" => 1, "post_date_gmt" => gmdate("Y-m-d H:i:s", time() - 3600)]);')
wp 'wp_insert_comment(["comment_post_ID" => '"$first"', "comment_author" => "Budi", "comment_content" => "Saya juga, sudah enam hari", "comment_approved" => 1]);'
php -S "127.0.0.1:$port" -t "$rig/site" "$rig/router.php" >"$rig/access.log" 2>&1 &
web=$!
waitfor curl -sf -o /dev/null "$site/feed/"
: >"$rig/requests.log"

cat >"$rig/config.toml" <<TOML
database = "$rig/pantau.db"
console  = true
[[brands]]
name = "Sandang Senja"
[[sources]]
name    = "tulisan"
kind    = "feed"
brand   = "Sandang Senja"
options = { url = "$site/feed/", allow_private = true, pages = 3 }
[[sources]]
name    = "komentar"
kind    = "feed"
brand   = "Sandang Senja"
options = { url = "$site/comments/feed/", allow_private = true }
TOML
go build -o "$rig/pantau" .
pantau() { "$rig/pantau" "$@" --config "$rig/config.toml"; }
ask() { pantau query "$1" --csv | tail -n +2; }
round() { pantau once >"$rig/once.log" 2>&1 || { cat "$rig/once.log"; exit 1; }; }
answered() { grep -cx "$1 $2" "$rig/requests.log" || true; }

say 'two posts and a comment'
round
expect 'posts' 2 "$(ask "SELECT count(*) FROM v_mentions WHERE source = 'tulisan'")"
expect 'comments' 1 "$(ask "SELECT count(*) FROM v_mentions WHERE source = 'komentar' AND text LIKE '%enam hari%'")"
expect 'the phone number is gone' 1 "$(ask "SELECT count(*) FROM v_mentions WHERE text LIKE '%[phone]%' AND text NOT LIKE '%0812%'")"
expect 'markup is text' 'Bahan Sandang Senja adem & rapi 👍🏽' "$(ask "SELECT text FROM v_mentions WHERE title = 'Jahitan rapi'")"
expect 'robots.txt was asked first' '200 /robots.txt' "$(head -1 "$rig/requests.log")"

say 'nothing changed'
round
expect 'posts answered 304' 1 "$(answered 304 /feed/)"
expect 'comments answered 304' 1 "$(answered 304 /comments/feed/)"
expect 'both sources are fresh' 2 "$(ask "SELECT count(*) FROM v_source_health WHERE status = 'fresh'")"

say 'the first post is edited'
sleep 1 # the validators of WordPress are whole seconds
wp 'wp_update_post(["ID" => '"$first"', "post_content" => "Pesanan dari Sandang Senja akhirnya sampai, terima kasih."]);'
round
expect 'it is a revision' 2 "$(ask "SELECT revision FROM v_mentions WHERE title = 'Paket tidak sampai'")"
expect 'what it said before is kept' 1 "$(ask "SELECT count(*) FROM v_revisions WHERE text LIKE '%belum sampai%'")"
expect 'still two posts' 2 "$(ask "SELECT count(*) FROM v_mentions WHERE source = 'tulisan'")"

say 'the second post goes to the trash'
sleep 1
wp 'wp_trash_post('"$second"');'
round
expect 'it left the feed' 0 "$(curl -s "$site/feed/" | grep -c 'Jahitan rapi' || true)"
expect 'absence is no deletion: the mention stays' 2 "$(ask "SELECT count(*) FROM v_mentions WHERE source = 'tulisan'")"
expect 'it is no edit' 1 "$(ask "SELECT revision FROM v_mentions WHERE title = 'Jahitan rapi'")"

say 'what WordPress saw'
cat "$rig/requests.log"
pantau sources
