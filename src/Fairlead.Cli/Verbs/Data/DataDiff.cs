using System.CommandLine;
using Fairlead.Cli.Shell;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Verbs.Data;

/// <summary>Tells what differs between two versions of data, in columns and in distributions.</summary>
internal static class DataDiff
{
    public static Command Create(Terminal terminal)
    {
        var from = DatasetReference.Argument("from", "The first version; the newest where no number is given");
        var to = DatasetReference.Argument("to", "The version that is held against it");
        return new Command("diff", "Tell what differs between two versions of data") { from, to }
            .Runs(terminal, async (call, cancellation) =>
            {
                var (first, second) = (call.Value(from), call.Value(to));
                var number = await first.ResolveAsync(call.Client, cancellation);
                var other = await second.ResolveAsync(call.Client, cancellation);
                var diff = await call.Client.GetDatasetDiffAsync(
                    first.Name, number, $"{second.Name}/{other}", cancellation);
                call.Write(diff, output => Show(diff, output));
            });
    }

    private static void Show(DatasetDiffInfo diff, Terminal to)
    {
        new Facts()
            .Add("from", $"{diff.From}, {Rows(diff.FromRows)}")
            .Add("to", $"{diff.To}, {Rows(diff.ToRows)}")
            .Add("content", diff.SameContent ? "the same" : "another")
            .Add("added", string.Join(", ", diff.Added.Select(column => $"{column.Name} ({column.Type})")))
            .Add("removed", string.Join(", ", diff.Removed.Select(column => $"{column.Name} ({column.Type})")))
            .Add("changed", string.Join(", ", diff.Changed.Select(each => $"{each.Name} ({each.From} to {each.To})")))
            .Add("distributions", diff.State is { } state ? DriftVerb.Words(state) : diff.NotComparedBecause)
            .Write(to);
        if (diff.Findings.Count == 0)
            return;
        to.Out.WriteLine();
        DriftVerb.Show(diff.Findings, to);
    }

    private static string Rows(long? rows) => rows is { } count ? $"{count} rows" : "rows not known";
}
