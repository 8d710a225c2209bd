using Fairlead.Cli;
using Fairlead.Cli.Shell;

return await CommandLine.RunAsync(args, Terminal.OfProcess());
