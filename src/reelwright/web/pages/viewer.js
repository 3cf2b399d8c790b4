// The viewer's page: videos one below the other, everything done with them told to the service.
// No library, no build; nothing is fetched from anywhere but where this page came from.

const words = {
  en: {
    like: "Like", liked: "Liked", comment: "Comment", share: "Share", captions: "Captions",
    no: "Not for me", follow: "Follow", followed: "Following", sound: "Sound on", play: "Play or pause",
    seek: "Position", back: "Previous video", on: "Next video", feed: "Videos",
    comments: "Comments", write: "Say something…", send: "Send", shut: "Close", nobody: "Nobody has said anything yet.",
    you: "You", viewer: "A viewer",
    copied: "Link copied", noted: "Got it: fewer like this", thanks: "Sent", offline: "The service does not answer. Trying again…",
    ended: "You have seen everything", endedMore: "New videos come up here as soon as there are some.", again: "Watch again",
    empty: "Nothing to watch yet", emptyMore: "Add a finished video:\nreel feed add tea/",
    locked: "This feed asks for a key", lockedMore: "Open this page once with ?key=… at the end of its address.",
    broken: "This video cannot be played", ai: "AI-made",
    keys: [["↑ ↓", "previous, next"], ["space", "pause"], ["m", "sound"], ["l", "like"], ["c", "captions"]],
  },
  zh: {
    like: "喜欢", liked: "已喜欢", comment: "评论", share: "分享", captions: "字幕",
    no: "不感兴趣", follow: "关注", followed: "已关注", sound: "打开声音", play: "播放或暂停",
    seek: "播放位置", back: "上一个视频", on: "下一个视频", feed: "视频",
    comments: "评论", write: "说点什么…", send: "发送", shut: "关闭", nobody: "还没有人评论",
    you: "我", viewer: "观众",
    copied: "链接已复制", noted: "知道了，会少推荐这类视频", thanks: "已发送", offline: "服务没有回应，正在重试…",
    ended: "都看完了", endedMore: "有新视频时会出现在这里", again: "再看一遍",
    empty: "还没有视频", emptyMore: "先加一个做好的视频：\nreel feed add tea/",
    locked: "需要密钥才能观看", lockedMore: "请在网址末尾加上 ?key=… 打开一次",
    broken: "这个视频无法播放", ai: "AI 生成",
    keys: [["↑ ↓", "上一个、下一个"], ["空格", "暂停"], ["m", "声音"], ["l", "喜欢"], ["c", "字幕"]],
  },
};
const language = /^zh/i.test(navigator.language) ? "zh" : "en";
const say = words[language];
document.documentElement.lang = language === "zh" ? "zh-CN" : "en";

const $ = (id) => document.getElementById(id);
const feed = $("feed");
const asked = new URLSearchParams(location.search);
const calm = matchMedia("(prefers-reduced-motion: reduce)");
const PAGE = 8;      // videos asked for at once
const AHEAD = 3;     // videos left below before more are asked for
const DONE = 0.95;   // of a video, for it to count as watched to the end
const LEFT = 0.6;    // of a video; who leaves before has skipped it
const REPORTS = [0.25, 0.5, 0.75];

// --- what is remembered here -------------------------------------------------------------------

const memory = {
  get(name, otherwise) {
    try { return JSON.parse(localStorage.getItem(`reel.${name}`)) ?? otherwise; } catch { return otherwise; }
  },
  set(name, value) {
    try { localStorage.setItem(`reel.${name}`, JSON.stringify(value)); } catch { /* a private window */ }
  },
};
const chance = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (b) => b.toString(36).padStart(2, "0")).join("");
let user = asked.get("user") || memory.get("viewer", "");
if (!user) {
  user = `viewer-${chance()}`;
  memory.set("viewer", user);
}
const liked = new Set(memory.get("liked", []));
const followed = new Set(memory.get("followed", []));
// Over pictures that show captions themselves ours are off until asked for there.
const captionsOn = { plain: memory.get("captions", false), captioned: memory.get("captions-twice", false) };
const kindOf = (shown) => (shown.item.captioned ? "captioned" : "plain");
let silent = memory.get("silent", false);

// --- what is told to the service ---------------------------------------------------------------

let waiting = [];
let sending = Promise.resolve();

function tell(shown, kind, value) {
  waiting.push({
    user, item: shown.id, kind, time: Date.now() / 1000, id: chance(),
    ...(value === undefined ? {} : { value: Math.round(value * 1000) / 1000 }),
    ...(shown.request ? { request: shown.request, rank: shown.rank, model: shown.model, propensity: shown.propensity } : {}),
  });
}

function flush() {
  sending = sending.then(async () => {
    if (!waiting.length) return;
    const batch = waiting;
    waiting = [];
    try {
      const answer = await fetch("/v1/events", {
        method: "POST", keepalive: true,
        headers: { "Content-Type": "application/json", "Idempotency-Key": batch[0].id },
        body: JSON.stringify({ events: batch }),
      });
      // What the service is too busy for comes again; what it refuses would be refused again.
      if (answer.status === 429 || answer.status >= 500) throw new Error(String(answer.status));
    } catch {
      // Each event has an id: sent twice, it counts once.
      waiting = [...batch, ...waiting].slice(-1000);
    }
  });
  return sending;
}

function flushAtEnd() {
  if (!waiting.length) return;
  const body = new Blob([JSON.stringify({ events: waiting })], { type: "application/json" });
  if (navigator.sendBeacon("/v1/events", body)) waiting = [];
}
setInterval(flush, 2000);
addEventListener("pagehide", () => { current?.leave(); flushAtEnd(); });
document.addEventListener("visibilitychange", () => {
  if (document.hidden) { current?.pauseFor("hidden"); flushAtEnd(); } else current?.goOn("hidden");
});

// --- videos --------------------------------------------------------------------------------------

let shownVideos = [];  // all on the page, from the top
let current = null;

class Shown {
  constructor(item) {
    Object.assign(this, item);
    this.item = item;
    this.watched = 0;       // seconds, of this showing
    this.furthest = 0;
    this.loops = 0;
    this.reports = [...REPORTS];
    this.seen = false;
    this.reasons = new Set();
    const article = $("one").content.cloneNode(true).firstElementChild;
    this.article = article;
    this.part = (name) => article.querySelector(`.${name}`);
    this.video = article.querySelector("video");
    const shape = item.width && item.height ? item.width / item.height : 9 / 16;
    article.classList.toggle("tall", shape < 0.66);
    article.classList.toggle("wide", shape > 1.05);
    article.classList.toggle("captioned", Boolean(item.captioned));
    article.setAttribute("aria-label", item.title || item.id);
    if (item.cover) { this.part("ambient").src = item.cover; this.video.poster = item.cover; }
    this.write();
    this.listen();
  }

  write() {
    const { part, item } = this;
    part("author").textContent = item.author ? `@${item.author}` : "";
    part("who").hidden = !item.author;
    part("follow").hidden = !item.author;
    part("title").textContent = item.title;
    part("more").textContent = item.description === item.title ? "" : item.description;
    if (item.label) {
      const mark = document.createElement("span");
      mark.className = "ai";
      mark.textContent = item.label === "AI" ? say.ai : item.label;
      part("marks").append(mark);
    }
    for (const tag of item.tags.slice(0, 4)) {
      const mark = document.createElement("span");
      mark.textContent = `#${tag}`;
      part("marks").append(mark);
    }
    for (const [name, text] of [["talk", say.comment], ["share", say.share], ["captions", say.captions], ["no", say.no]]) {
      part(name).querySelector("span").textContent = text;
    }
    part("surface").setAttribute("aria-label", say.play);
    part("seek").setAttribute("aria-label", say.seek);
    part("captions").disabled = !item.captions;
    this.show();
  }

  show() {
    const isLiked = liked.has(this.id);
    this.part("like").setAttribute("aria-pressed", String(isLiked));
    this.part("like").querySelector("span").textContent = isLiked ? say.liked : say.like;
    const isFollowed = followed.has(this.item.author);
    this.part("follow").setAttribute("aria-pressed", String(isFollowed));
    this.part("follow").textContent = isFollowed ? say.followed : say.follow;
    this.part("captions").setAttribute("aria-pressed", String(captionsOn[kindOf(this)]));
    if (!captionsOn[kindOf(this)]) this.part("cue").replaceChildren();
  }

  listen() {
    const { part, video } = this;
    let tap = 0;
    part("surface").addEventListener("click", (event) => {
      // Two taps like; one pauses, once it is clear that no second one comes.
      clearTimeout(tap);
      if (event.detail === 2) { this.like(true); return; }
      tap = setTimeout(() => this.toggle(), event.detail ? 230 : 0);
    });
    part("like").addEventListener("click", () => this.like());
    part("talk").addEventListener("click", () => talkAbout(this));
    part("share").addEventListener("click", () => this.share());
    part("no").addEventListener("click", () => this.refuse());
    part("captions").addEventListener("click", toggleCaptions);
    part("follow").addEventListener("click", () => this.follow());
    part("seek").addEventListener("input", (event) => {
      if (video.duration) video.currentTime = (event.target.value / 1000) * video.duration;
      this.last = video.currentTime;
    });
    video.addEventListener("timeupdate", () => this.moved());
    video.addEventListener("error", () => { if (video.getAttribute("src")) this.broken(); });
  }

  // Fetch it, as the next one or the one to play.
  load() {
    if (this.video.getAttribute("src")) return;
    if (this.item.captions) {
      const track = document.createElement("track");
      track.kind = "captions";
      track.srclang = this.item.language || "und";
      track.label = say.captions;
      track.src = this.item.captions;
      this.video.append(track);
      track.track.mode = "hidden";
      track.track.addEventListener("cuechange", () => this.caption(track.track));
      this.track = track.track;
    }
    this.video.preload = "auto";
    this.video.src = this.item.video;
  }

  unload() {
    if (!this.video.getAttribute("src")) return;
    this.video.replaceChildren();
    this.video.removeAttribute("src");
    this.video.load();
  }

  caption(track) {
    const cue = this.part("cue");
    cue.replaceChildren();
    if (!captionsOn[kindOf(this)]) return;
    for (const one of track.activeCues ?? []) {
      const line = document.createElement("span");
      line.append(one.getCueAsHTML());
      cue.append(line);
    }
  }

  enter() {
    this.load();
    this.last = this.video.currentTime;
    if (!this.seen) {
      this.seen = true;
      tell(this, "impression");
      flush();
    }
    this.goOn();
  }

  async goOn(reason) {
    this.reasons.delete(reason);
    if (current !== this || this.reasons.size || document.hidden) return;
    this.article.classList.remove("is-paused");
    this.video.muted = silent;
    try {
      await this.video.play();
    } catch (error) {
      if (error.name !== "NotAllowedError" || current !== this) return;
      // Browsers let a page be heard only once it was touched.
      this.video.muted = true;
      $("sound").hidden = false;
      await this.video.play().catch(() => {});
    }
  }

  pauseFor(reason) {
    this.reasons.add(reason);
    this.video.pause();
  }

  toggle() {
    if (this.reasons.has("asked")) this.goOn("asked");
    else {
      this.pauseFor("asked");
      this.article.classList.add("is-paused");
    }
  }

  moved() {
    const { video } = this;
    const length = video.duration;
    if (!length || current !== this) return;
    const step = video.currentTime - this.last;
    this.last = video.currentTime;
    // A jump is no watching, nor is what a loop takes back.
    if (step > 0 && step < 1.5) {
      this.watched += step;
      this.furthest += step;
    }
    const part = video.currentTime / length;
    this.part("seek").value = Math.round(part * 1000);
    this.part("seek").style.setProperty("--done", `${part * 100}%`);
    while (this.reports.length && this.furthest / length >= this.reports[0]) {
      this.reports.shift();
      tell(this, "progress", this.watched);
    }
    // Each time round that was watched nearly whole counts once.
    if (this.furthest / length >= DONE) {
      tell(this, this.loops ? "rewatch" : "completion", this.loops ? this.furthest : this.watched);
      this.loops += 1;
      this.furthest = 0;
      this.reports = [];
    }
  }

  leave() {
    const length = this.video.duration || this.item.seconds || 0;
    if (!this.loops && !this.over && length && this.watched / length < LEFT) {
      tell(this, "skip", this.watched);
      this.over = true;  // once, however often they come back
    }
    this.video.pause();
  }

  like(only) {
    const on = only || !liked.has(this.id);
    if (on) {
      const burst = this.part("burst");
      burst.classList.remove("go");
      void burst.getBoundingClientRect();
      burst.classList.add("go");
    }
    if (on === liked.has(this.id)) return;
    liked[on ? "add" : "delete"](this.id);
    memory.set("liked", [...liked].slice(-2000));
    this.show();
    tell(this, on ? "like" : "unlike");
    learnt();
  }

  follow() {
    if (followed.has(this.item.author)) return;
    followed.add(this.item.author);
    memory.set("followed", [...followed].slice(-2000));
    tell(this, "follow");
    shownVideos.forEach((one) => one.show());
    learnt();
  }

  async share() {
    const url = new URL(`/?v=${encodeURIComponent(this.id)}`, location.href).href;
    try {
      if (navigator.share && matchMedia("(pointer: coarse)").matches) await navigator.share({ title: this.title, url });
      else {
        await copy(url);
        toast(say.copied);
      }
    } catch (error) {
      if (error.name === "AbortError") return;
      toast(url);
    }
    tell(this, "share");
    learnt();
  }

  refuse() {
    this.over = true;
    tell(this, "not_interested");
    toast(say.noted);
    turn(1);
    learnt();
  }

  broken() {
    this.article.classList.add("is-broken");
    if (current === this) {
      toast(say.broken);
      turn(1);
    }
  }
}

async function copy(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  throw new Error("no clipboard");
}

// --- the feed -------------------------------------------------------------------------------------

let asking = null;
let ended = null;
let again = false;

// More videos at the end. What lies there unseen is named, so that it does not come twice.
function ask() {
  asking ??= fill().finally(() => { asking = null; });
  return asking;
}

async function fill() {
  await flush();
  const query = new URLSearchParams({ user, n: PAGE, playable: "true" });
  if (again) query.set("again", "true");
  query.append("have", "");
  for (const one of shownVideos) if (!one.seen || one === current || again) query.append("have", one.id);
  let page;
  try {
    const answer = await fetch(`/v1/feed?${query}`);
    if (answer.status === 401 || answer.status === 403) { finish("locked"); return; }
    if (!answer.ok) throw new Error(String(answer.status));
    page = await answer.json();
  } catch {
    toast(say.offline);
    setTimeout(ask, 3000);
    return;
  }
  const there = new Set(shownVideos.filter((one) => !one.seen || again).map((one) => one.id));
  const fresh = page.items.filter((item) => !there.has(item.id));
  fresh.forEach((item) => append({ ...item, request: page.request, model: page.model }));
  if (fresh.length === PAGE) unfinish();
  else finish(shownVideos.length ? "ended" : "empty");
  if (!current && shownVideos.length) become(shownVideos[0]);
  else preload();
}

function append(item) {
  const shown = new Shown(item);
  shownVideos.push(shown);
  feed.insertBefore(shown.article, ended);
  watcher.observe(shown.article);
}

function finish(why) {
  if (ended?.dataset.why === why) return;
  unfinish();
  ended = $("end").content.cloneNode(true).firstElementChild;
  ended.dataset.why = why;
  ended.querySelector("h2").textContent = say[why];
  ended.querySelector("p").textContent = say[`${why}More`];
  const button = ended.querySelector("button");
  if (why === "ended") {
    button.textContent = say.again;
    button.addEventListener("click", startAgain);
  }
  feed.append(ended);
  watcher.observe(ended);
}

function unfinish() {
  ended?.remove();
  ended = null;
}

async function startAgain() {
  current?.leave();
  shownVideos.forEach((one) => { one.unload(); one.article.remove(); });
  shownVideos = [];
  current = null;
  again = true;
  unfinish();
  await ask();
}

// Something telling was said: what lies below the next video is chosen anew.
async function learnt() {
  await flush();
  if (asking) await asking;
  const place = shownVideos.indexOf(current);
  for (const one of shownVideos.splice(place + 2)) {
    watcher.unobserve(one.article);
    one.unload();
    one.article.remove();
  }
  await ask();
}

const watcher = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    if (entry.intersectionRatio < 0.6) continue;
    if (entry.target === ended) { current?.pauseFor("end"); ask(); continue; }
    const shown = shownVideos.find((one) => one.article === entry.target);
    if (shown) become(shown);
  }
}, { root: feed, threshold: [0.6, 0.9] });

function become(shown) {
  if (shown === current) { shown.goOn("end"); return; }
  current?.leave();
  current = shown;
  shown.reasons.clear();
  shown.article.classList.remove("is-paused");
  shown.enter();
  preload();
  const place = shownVideos.indexOf(shown);
  $("back").disabled = place === 0;
  if (shownVideos.length - place <= AHEAD && !ended) ask();
}

// The one before and the one after are at hand; others give their memory back.
function preload() {
  const place = shownVideos.indexOf(current);
  shownVideos.forEach((one, at) => {
    if (at < place - 1 || at > place + 1) one.unload();
  });
  const next = shownVideos[place + 1];
  if (!next || !current) return;
  // The one that plays goes first.
  if (current.video.readyState >= 3) next.load();
  else current.video.addEventListener("canplay", () => shownVideos.includes(next) && next.load(), { once: true });
}

function turn(step) {
  const all = [...feed.children];
  const here = Math.round(feed.scrollTop / feed.clientHeight);
  const there = all[Math.max(0, Math.min(all.length - 1, here + step))];
  there?.scrollIntoView({ behavior: calm.matches ? "auto" : "smooth", block: "start" });
}

// --- sound, captions, comments, keys -----------------------------------------------------------------

function setSilent(value) {
  silent = value;
  memory.set("silent", value);
  $("sound").hidden = !value;
  if (current) current.video.muted = value;
}

function toggleCaptions() {
  if (!current?.item.captions) return;
  const kind = kindOf(current);
  captionsOn[kind] = !captionsOn[kind];
  memory.set(kind === "plain" ? "captions" : "captions-twice", captionsOn[kind]);
  shownVideos.forEach((one) => one.show());
  if (current?.track) current.caption(current.track);
}

let about = null;

async function talkAbout(shown) {
  about = shown;
  shown.pauseFor("talk");
  $("said").replaceChildren();
  $("sheet").showModal();
  await showComments();
}

async function showComments() {
  const answer = await fetch(`/v1/items/${encodeURIComponent(about.id)}/comments`).catch(() => null);
  const comments = answer?.ok ? (await answer.json()).comments : [];
  const rows = comments.map((one) => {
    const row = document.createElement("li");
    const who = document.createElement("b");
    who.textContent = one.user === user ? say.you : say.viewer;
    const text = document.createElement("span");
    text.textContent = one.text;
    row.append(who, text);
    return row;
  });
  if (!rows.length) {
    const row = document.createElement("li");
    row.className = "nobody";
    row.textContent = say.nobody;
    rows.push(row);
  }
  $("said").replaceChildren(...rows);
}

$("comment").addEventListener("submit", async (event) => {
  event.preventDefault();
  const text = $("words").value.trim();
  if (!text || !about) return;
  const answer = await fetch(`/v1/items/${encodeURIComponent(about.id)}/comments`, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ user, text }),
  }).catch(() => null);
  if (!answer?.ok) { toast(say.offline); return; }
  $("words").value = "";
  tell(about, "comment");
  toast(say.thanks);
  await showComments();
  learnt();
});
$("shut").addEventListener("click", () => $("sheet").close());
$("sheet").addEventListener("click", (event) => { if (event.target === $("sheet")) $("sheet").close(); });
$("sheet").addEventListener("close", () => { about?.goOn("talk"); about = null; });

let toasting = 0;
function toast(text) {
  $("toast").textContent = text;
  $("toast").classList.add("on");
  clearTimeout(toasting);
  toasting = setTimeout(() => $("toast").classList.remove("on"), 2200);
}

document.addEventListener("keydown", (event) => {
  if ($("sheet").open || event.ctrlKey || event.metaKey || event.altKey) return;
  const does = {
    ArrowDown: () => turn(1), ArrowUp: () => turn(-1), PageDown: () => turn(1), PageUp: () => turn(-1),
    j: () => turn(1), k: () => turn(-1),
    " ": () => current?.toggle(), m: () => setSilent(!(current?.video.muted ?? silent)),
    l: () => current?.like(), c: toggleCaptions,
  }[event.key];
  // On a button, space is the button's; on the position, arrows are.
  if (!does || (event.key === " " && event.target.closest("button:not(.surface)"))) return;
  event.preventDefault();
  does();
});

$("sound").querySelector("span").textContent = say.sound;
$("sound").addEventListener("click", () => setSilent(false));
$("sound").hidden = !silent;
for (const [id, label] of [["back", say.back], ["on", say.on], ["shut", say.shut]]) $(id).setAttribute("aria-label", label);
$("back").addEventListener("click", () => turn(-1));
$("on").addEventListener("click", () => turn(1));
feed.setAttribute("aria-label", say.feed);
$("sheet-title").textContent = say.comments;
$("words").placeholder = say.write;
$("words").setAttribute("aria-label", say.write);
$("send").textContent = say.send;
for (const [key, does] of say.keys) {
  const row = document.createElement("span");
  const cap = document.createElement("kbd");
  cap.textContent = key;
  row.append(cap, does, document.createElement("br"));
  $("keys").append(row);
}

// A link to one video: that one first.
const linked = asked.get("v");
if (linked) {
  const answer = await fetch(`/v1/items/${encodeURIComponent(linked)}`).catch(() => null);
  const item = answer?.ok ? await answer.json() : null;
  if (item?.video) {
    append(item);
    become(shownVideos[0]);
  }
}
if (!shownVideos.length) await ask();
else ask();
feed.focus({ preventScroll: true });
