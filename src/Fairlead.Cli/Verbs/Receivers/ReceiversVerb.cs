using System.CommandLine;
using Fairlead.Cli.Shell;

namespace Fairlead.Cli.Verbs.Receivers;

/// <summary>Whom alerts are told to.</summary>
internal static class ReceiversVerb
{
    public static Command Create(Terminal terminal) =>
        new("receivers", "Show and try whom alerts are told to; `apply` makes them")
        {
            ReceiversList.Create(terminal),
            ReceiversShow.Create(terminal),
            ReceiversTest.Create(terminal),
            ReceiversDelete.Create(terminal),
        };

    public static Argument<string> Name() => new("receiver") { Description = "The receiver's name" };
}
