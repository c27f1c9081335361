// What the page itself says. What members read from the bot comes from the bot.

const zh = {
  speak_as: "替谁说话",
  speak_as_hint: "群里每个人都由你来演",
  find: "找成员",
  close: "关闭",
  cancel: "取消",
  more: "更多",
  choose_speaker: "换个人说话",
  conversations: "会话",
  group: "群聊",
  private_with: ({ name }) => `${name}的私聊`,
  messages: "消息",
  subtitle_group: ({ count }) => `${count} 人在群里 · 只在这台电脑上`,
  subtitle_private: ({ name, bot }) => `${name} 和 ${bot} · 别人看不到`,
  leader: "会长",
  bot: "机器人",
  left_group: "已离开",
  say_in_group: ({ name }) => `以${name}的身份说话`,
  say_in_private: ({ bot }) => `悄悄跟${bot}说`,
  empty_private: ({ name, bot }) => `这里是 ${name} 和 ${bot} 的私聊，群里看不到。试试说「帮助」。`,
  empty_group: "还没有人说话。试试说「帮助」。",
  send: "发送",
  mention: "@ 某人",
  attach: "发图片",
  remove_picture: "不发这张图片",
  picture: "图片",
  reply: "回复",
  replying: ({ name, text }) => `回复 ${name}：${text}`,
  edit: "编辑",
  editing: ({ text }) => `编辑：${text}`,
  edited: "已编辑",
  copy: "复制",
  copied: "已复制",
  message_menu: ({ name }) => `${name}这条消息的更多操作`,
  everybody_taps: ({ label }) => `全员点「${label}」`,
  rush_progress: ({ done, count }) => `${done} / ${count} 人`,
  rush_done: ({ count, seconds }) => `${count} 人，用时 ${seconds} 秒`,
  no_answer: "好了",
  leave: ({ name }) => `${name}离开群聊`,
  come_back: "回到群里",
  join: ({ name }) => `${name}回到群里`,
  left: ({ name }) => `${name} 离开了群聊`,
  joined: ({ name }) => `${name} 加入了群聊`,
  away: ({ name }) => `${name} 不在群里`,
  new_messages: ({ count }) => `${count} 条新消息`,
  to_end: "回到最新",
  unread: ({ count }) => `${count} 条未读`,
  offline: "连接断开，正在重连……",
  too_long: ({ max }) => `太长了，一条最多 ${max} 个字，分几条发吧。`,
  picture_too_large: "图片太大了，最多 2 MB。",
  failed: ({ reason }) => `没有成功：${reason}`,
  unreachable: "连不上，请看看 carclub 是否在运行",
  today: "今天",
  yesterday: "昨天",
};

const en = {
  speak_as: "Speak as",
  speak_as_hint: "You play everybody in this group",
  find: "Find a member",
  close: "Close",
  cancel: "Cancel",
  more: "More",
  choose_speaker: "Speak as somebody else",
  conversations: "Conversations",
  group: "Group",
  private_with: ({ name }) => `${name} in private`,
  messages: "Messages",
  subtitle_group: ({ count }) => `${count} members · on this computer only`,
  subtitle_private: ({ name, bot }) => `${name} and ${bot} · nobody else sees this`,
  leader: "Leader",
  bot: "Bot",
  left_group: "left",
  say_in_group: ({ name }) => `Speak as ${name}`,
  say_in_private: ({ bot }) => `Tell ${bot} in private`,
  empty_private: ({ name, bot }) => `Between ${name} and ${bot} only. Try “help”.`,
  empty_group: "Nobody has spoken yet. Try “help”.",
  send: "Send",
  mention: "@ somebody",
  attach: "Send a picture",
  remove_picture: "Remove the picture",
  picture: "Picture",
  reply: "Reply",
  replying: ({ name, text }) => `Reply to ${name}: ${text}`,
  edit: "Edit",
  editing: ({ text }) => `Edit: ${text}`,
  edited: "edited",
  copy: "Copy",
  copied: "Copied",
  message_menu: ({ name }) => `More about ${name}'s message`,
  everybody_taps: ({ label }) => `Everybody taps “${label}”`,
  rush_progress: ({ done, count }) => `${done} of ${count}`,
  rush_done: ({ count, seconds }) => `${count} members in ${seconds} s`,
  no_answer: "Done",
  leave: ({ name }) => `${name} leaves the group`,
  come_back: "Come back",
  join: ({ name }) => `${name} comes back`,
  left: ({ name }) => `${name} left the group`,
  joined: ({ name }) => `${name} joined the group`,
  away: ({ name }) => `${name} is not in the group`,
  new_messages: ({ count }) => `${count} new`,
  to_end: "Latest",
  unread: ({ count }) => `${count} unread`,
  offline: "Connection lost, trying again…",
  too_long: ({ max }) => `Too long: ${max} characters at most. Please send it in parts.`,
  picture_too_large: "The picture is too large: 2 MB at most.",
  failed: ({ reason }) => `That did not work: ${reason}`,
  unreachable: "cannot reach carclub, is it running?",
  today: "Today",
  yesterday: "Yesterday",
};

export const language = navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
const words = language === "zh" ? zh : en;

export function say(name, facts = {}) {
  const text = words[name];
  return typeof text === "function" ? text(facts) : text;
}

/** Put the words of this language where the page asks for them. */
export function translate(root) {
  document.documentElement.lang = language;
  for (const element of root.querySelectorAll("[data-words]")) {
    element.textContent = say(element.dataset.words);
  }
  for (const element of root.querySelectorAll("[data-label]")) {
    element.setAttribute("aria-label", say(element.dataset.label));
    if (element.tagName === "BUTTON") element.title = say(element.dataset.label);
  }
  for (const element of root.querySelectorAll("[data-placeholder]")) {
    element.placeholder = say(element.dataset.placeholder);
  }
}
