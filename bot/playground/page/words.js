/* The page's own words. What the bot says comes from the bot. */

const WORDS = {
  zh: {
    skip: "跳到手机", name: "暖邻", title: "暖邻 · 试用", tagline: "本机上的 Telegram，不用令牌也能试",
    clock: "演示时钟", jumps: "让时间前进", tabs: "选择手机", phones: "手机", loading: "正在接通…",
    empty: "还没有选中任何手机。点“人员”挑几位。", offline: "与程序的连接断了，正在重新接通…",
    people: "人员", addPerson: "添加一个人", faults: "故障模拟", rowLayout: "横排显示", gridLayout: "平铺显示",
    switchLanguage: "English", switchLanguageLabel: "Switch this page to English",
    others: "另有 {n} 部手机有新消息", unread: "{n} 条未读", phoneOf: "{name}的手机", groupPhone: "{name}（群）",
    newFrom: "{name}有 {n} 条新消息", group: "群聊", members: "{n} 位成员", privateChat: "机器人",
    start: "开始", startHint: "{name}还没有按过“开始”，机器人还不能给 TA 发消息。",
    blocked: "已屏蔽机器人", blockedHint: "机器人发来的消息，这部手机收不到。", block: "屏蔽机器人", unblock: "解除屏蔽",
    phoneMenu: "{name}的手机：更多", hide: "收起这部手机", large: "大字显示", telegramLanguage: "这部手机的语言",
    noNumber: "没有手机号", message: "消息", messageTo: "以{name}的身份发消息", placeholder: "发消息…", send: "发送", attach: "附件",
    photo: "照片", file: "文件", location: "位置", contact: "名片（手机号）", commands: "命令菜单",
    noCommands: "机器人还没有提供命令。", speakAs: "发言人", chooseChat: "选择会话", pinned: "置顶", edited: "已编辑",
    protected: "内容受保护，不能转发或保存", earlier: "显示更早的消息", toBottom: "回到最新消息", enlarge: "放大照片",
    download: "下载", typing: "正在输入…", noMessages: "这里还没有消息。", keyboard: "快捷按钮",
    close: "关闭", ok: "好", add: "添加", share: "发送位置", newPerson: "添加一个人",
    personName: "姓名", personNameHint: "例如：周建国", personLabel: "身份（可不填）", personLabelHint: "例如：志愿者",
    language: "语言", whoOpens: "谁来打开这个链接？", whoOpensHint: "在真实的 Telegram 里，这是收到链接的人点开它。",
    newPhone: "一部新手机…", open: "打开", search: "按姓名或身份查找", shown: "已显示 {n} 部（最多 {max} 部）",
    noneFound: "没有找到。", defaults: "恢复默认", clear: "全部收起", tooMany: "一次最多显示 {max} 部手机，请先收起几部。",
    latitude: "纬度", longitude: "经度", faultsHint: "让网络出点毛病，看看机器人怎么应付。数字是每次请求出错的机会。",
    addBot: "把机器人请进群", addBotHint: "机器人还不在这个群里。", whichGroup: "把机器人请进哪个群？", noGroups: "还没有群。",
    calling: "拨打 {phone}", callingHint: "（演示，不会真的拨出）",
    failed: "没有成功：{reason}", unreachable: "连不上本机程序", news: "{n} 部手机有新消息", noNews: "时间到了，没有新消息",
    speed: "{n} 倍速", reveal: "显示隐藏的文字", clearFaults: "全部恢复正常",
  },
  en: {
    skip: "Skip to the phones", name: "Nuanlin", title: "Nuanlin · playground", tagline: "A Telegram on this machine, no token needed",
    clock: "The demo's clock", jumps: "Move the time on", tabs: "Choose a phone", phones: "Phones", loading: "Connecting…",
    empty: "No phone is chosen. Pick a few under “People”.", offline: "The connection is lost; trying again…",
    people: "People", addPerson: "Add a person", faults: "Faults", rowLayout: "Show in a row", gridLayout: "Show as a grid",
    switchLanguage: "中文", switchLanguageLabel: "把本页换成中文",
    others: "{n} more with news", unread: "{n} unread", phoneOf: "{name}'s phone", groupPhone: "{name} (group)",
    newFrom: "{n} new for {name}", group: "Group", members: "{n} members", privateChat: "The bot",
    start: "Start", startHint: "{name} has not pressed Start yet, so the bot cannot write to them.",
    blocked: "The bot is blocked", blockedHint: "Nothing the bot sends reaches this phone.", block: "Block the bot", unblock: "Unblock",
    phoneMenu: "{name}'s phone: more", hide: "Put this phone away", large: "Large text", telegramLanguage: "Language of this phone",
    noNumber: "no phone number", message: "Message", messageTo: "Write as {name}", placeholder: "Message…", send: "Send", attach: "Attach",
    photo: "Photo", file: "File", location: "Location", contact: "Contact (phone number)", commands: "Menu of commands",
    noCommands: "The bot offers no commands yet.", speakAs: "Speaking", chooseChat: "Choose a chat", pinned: "Pinned", edited: "edited",
    protected: "Protected: may not be forwarded or saved", earlier: "Show earlier messages", toBottom: "To the newest message", enlarge: "Enlarge the photo",
    download: "Download", typing: "typing…", noMessages: "No messages here yet.", keyboard: "Quick buttons",
    close: "Close", ok: "OK", add: "Add", share: "Send the location", newPerson: "Add a person",
    personName: "Name", personNameHint: "e.g. Zhou Jianguo", personLabel: "Who they are (optional)", personLabelHint: "e.g. volunteer",
    language: "Language", whoOpens: "Who opens this link?", whoOpensHint: "In the real Telegram, whoever received the link taps it.",
    newPhone: "A new phone…", open: "Open", search: "Find by name or role", shown: "{n} shown (at most {max})",
    noneFound: "Nobody found.", defaults: "Back to the default", clear: "Put all away", tooMany: "At most {max} phones at a time; put one away first.",
    latitude: "Latitude", longitude: "Longitude", faultsHint: "Make the network misbehave and watch the bot cope. The figure is the chance per request.",
    addBot: "Take the bot into the group", addBotHint: "The bot is not in this group yet.", whichGroup: "Which group takes the bot in?", noGroups: "There is no group yet.",
    calling: "Calling {phone}", callingHint: "(a demo: nobody is rung)",
    failed: "That did not work: {reason}", unreachable: "the program on this machine does not answer", news: "News on {n} phones", noNews: "Time moved on; nothing new",
    speed: "{n}× speed", reveal: "Show the hidden text", clearFaults: "All back to normal",
  },
};

const stored = () => {
  try {
    return localStorage.getItem("nuanlin.language");
  } catch {
    return null; // private windows may refuse storage
  }
};

const asked = new URLSearchParams(location.search).get("lang") ?? stored();
export const hasChosen = asked !== null;
let language = asked?.startsWith("en") ? "en" : "zh";

export const pageLanguage = () => language;
export const locale = () => (language === "en" ? "en-GB" : "zh-CN");

export function setPageLanguage(wanted, remember) {
  language = wanted === "en" ? "en" : "zh";
  if (!remember) return;
  try {
    localStorage.setItem("nuanlin.language", language);
  } catch {
    /* the choice then lasts for this page only */
  }
  const url = new URL(location.href);
  if (url.searchParams.has("lang")) {
    url.searchParams.set("lang", language);
    history.replaceState(null, "", url);
  }
}

export function say(key, facts = {}) {
  return (WORDS[language][key] ?? key).replace(/\{(\w+)\}/g, (_, name) => facts[name]);
}

export function translatePage() {
  document.documentElement.lang = language === "en" ? "en" : "zh-CN";
  for (const node of document.querySelectorAll("[data-say]")) node.textContent = say(node.dataset.say);
  for (const node of document.querySelectorAll("[data-say-label]")) node.setAttribute("aria-label", say(node.dataset.sayLabel));
}

/** Faults are named by the server; one that is not here goes by its own name. */
const FAULTS = {
  too_many_requests: { zh: "请求太多（429）", en: "too many requests (429)" },
  server_error: { zh: "服务器出错（500）", en: "server error (500)" },
  bad_gateway: { zh: "网关出错（502）", en: "bad gateway (502)" },
  bad_gateway_after: { zh: "网关出错，但其实办成了", en: "bad gateway, yet it was done" },
  connect_error: { zh: "完全连不上", en: "no connection at all" },
  drop_before: { zh: "没办成就断线", en: "cut off before it was done" },
  drop_after: { zh: "办成之后断线", en: "cut off after it was done" },
  timeout_after: { zh: "办成了却没有回音", en: "done, but no answer" },
  delay: { zh: "回音很慢", en: "slow answers" },
  duplicate_update: { zh: "同一条更新来两次", en: "an update arrives twice" },
  resent_press: { zh: "同一次点按来两次", en: "a press arrives twice" },
};

export const faultName = (name) => FAULTS[name]?.[language] ?? name;
