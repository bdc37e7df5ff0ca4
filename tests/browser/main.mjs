import "./people.mjs";
import "./apprentice.mjs";
import "./upload.mjs";
import "./pieces.mjs";
import "./provider.mjs";
import "./admin.mjs";
import "./assessor.mjs";
import "./deciding.mjs";
import { run } from "./harness.mjs";

await run(process.argv.slice(2));
