const { default: Sequencer } = require('@jest/test-sequencer');

/** The files of the machine tier first: each waits for a machine, and while it does costs nothing. */
module.exports = class extends Sequencer {
  sort(tests) {
    const rank = ({ path }) => (path.includes('/test/machine/') ? 0 : 1);
    return super.sort(tests).sort((a, b) => rank(a) - rank(b));
  }
};
