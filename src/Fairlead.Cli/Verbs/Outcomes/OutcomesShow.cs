using System.CommandLine;
using Fairlead.Cli.Shell;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Verbs.Outcomes;

/// <summary>Shows which outcomes have come, and how late.</summary>
internal static class OutcomesShow
{
    public static Command Create(Terminal terminal)
    {
        var endpoint = new Argument<string?>("endpoint")
        {
            Description = "Only those of this endpoint",
            Arity = ArgumentArity.ZeroOrOne,
        };
        return new Command("show", "Show which outcomes have come, what became of them, and how late they were")
        { endpoint }
            .Runs(terminal, async (call, cancellation) =>
            {
                var info = await call.Client.GetOutcomesAsync(cancellation);
                var wanted = call.Value(endpoint);
                var shown = info with
                {
                    Endpoints = [.. info.Endpoints.Where(each => wanted is null || each.Endpoint == wanted)],
                };
                if (wanted is not null && shown.Endpoints.Count == 0)
                {
                    // A name without outcomes is shown as such; a name that does not exist is said to be none.
                    await call.Client.GetEndpointAsync(wanted, cancellation);
                }

                call.Write(shown, to => Show(shown, to));
            });
    }

    private static void Show(OutcomesInfo info, Terminal to)
    {
        var outcomes = new Listing("endpoint", "outcome", "joined", "unmatched", "mean delay", "arrived within");
        foreach (var each in info.Endpoints)
        {
            outcomes.Add(each.Endpoint, each.Name, each.Joined, each.Unmatched,
                DurationText.Format(TimeSpan.FromSeconds(Math.Round(Math.Max(0, each.MeanDelaySeconds)))),
                string.Join(", ", each.Delays.Select(delay => $"{Within(delay)}: {delay.Count}")));
        }

        outcomes.Write(to, "No outcome has come yet. Report one: 'fairlead outcomes send --prediction ID --name label "
            + "--label CLASS'.");
        to.Out.WriteLine();
        var results = new Listing("since the server started", "outcomes");
        foreach (var (result, count) in info.Results)
            results.Add(result, count);
        results.Write(to);
    }

    private static string Within(OutcomeDelay delay) =>
        delay.Within is { } bound ? DurationText.Format(bound) : "longer";
}
