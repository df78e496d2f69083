// Reads M from standard input and prints JSON: the formatted text, and the syntax tree or the error with its place.
const fs = require("fs");
const parser = require("@microsoft/powerquery-parser");
const formatter = require("@microsoft/powerquery-formatter");

const hidden = ["tokenRange", "id", "attributeIndex", "isLeaf"];

async function main() {
    const text = fs.readFileSync(0, "utf8");
    const task = await parser.TaskUtils.tryLexParse(parser.DefaultSettings, text);
    if (!parser.TaskUtils.isParseStageOk(task)) {
        process.stdout.write(JSON.stringify({ error: task.error.message }));
        return;
    }
    const settings = { ...formatter.DefaultSettings, newlineLiteral: "\n" };
    const formatted = await formatter.tryFormat(settings, text);
    const tree = JSON.stringify(
        { formatted: formatted.value, tree: task.ast },
        (key, value) => (hidden.includes(key) ? undefined : value),
    );
    process.stdout.write(tree);
}

main();
