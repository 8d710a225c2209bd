using System.CommandLine;
using Fairlead.Cli.Shell;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Verbs.Endpoints;

/// <summary>Moves traffic between the variants that an endpoint has.</summary>
internal static class EndpointsSetWeights
{
    public static Command Create(Terminal terminal)
    {
        var name = new Argument<string>("name") { Description = "The endpoint" };
        var weights = new Argument<Dictionary<string, double>>("weights")
        {
            Description = "New weights; variants that are not named keep theirs",
            HelpName = "variant=weight",
            Arity = ArgumentArity.OneOrMore,
            CustomParser = result => Options.ReadNumbers(result, "weight"),
        };
        var wait = Placing.Option();
        var reason = Options.Reason();
        var command = new Command("set-weights", "Move traffic: set-weights credit stable=90 canary=10")
        { name, weights, wait, reason };
        return command.Runs(terminal, async (call, cancellation) =>
        {
            var before = await call.Client.GetEndpointAsync(call.Value(name), cancellation);
            var request = Change(before, call.Value(weights)) with { Reason = call.Value(reason) };
            var after = await call.Client.PutEndpointAsync(
                before.Name, request, Placing.Wait(call, wait), cancellation);
            call.Write(after, _ => { });
            return Placing.Report(call, after, Placing.Wait(call, wait));
        });
    }

    /// <summary>The endpoint as it is, with other weights; refused by the server if it changed meanwhile.</summary>
    private static PutEndpointRequest Change(EndpointInfo endpoint, Dictionary<string, double> weights)
    {
        var names = endpoint.Variants.Select(variant => variant.Name).ToList();
        if (weights.Keys.Except(names).FirstOrDefault() is { } unknown)
        {
            throw new CliException(ExitCodes.NotFound, $"{endpoint.Name} has no variant '{unknown}'.",
                $"It has {string.Join(", ", names)}.");
        }

        return endpoint.AsRequest() with
        {
            ExpectedGeneration = endpoint.Generation,
            Variants =
            [
                .. endpoint.Variants.Select(variant => variant.AsRequest() with
                {
                    Weight = weights.TryGetValue(variant.Name, out var weight) ? weight : variant.Weight,
                }),
            ],
        };
    }
}
