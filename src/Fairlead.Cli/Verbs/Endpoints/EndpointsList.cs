using System.CommandLine;
using System.Globalization;
using Fairlead.Cli.Shell;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Verbs.Endpoints;

/// <summary>Lists the endpoints with their traffic.</summary>
internal static class EndpointsList
{
    public static Command Create(Terminal terminal) =>
        new Command("list", "List the endpoints").Runs(terminal, async (call, cancellation) =>
        {
            var endpoints = await Pages.AllAsync(page => call.Client.ListEndpointsAsync(page, cancellation));
            call.Write(endpoints, to => Show(endpoints.Items, to));
        });

    private static void Show(IReadOnlyList<EndpointInfo> endpoints, Terminal to)
    {
        var list = new Listing("endpoint", "generation", "serving", "unit", "traffic", "changed");
        foreach (var endpoint in endpoints)
        {
            list.Add(endpoint.Name, endpoint.Generation, endpoint.ServingGeneration, endpoint.Unit, Traffic(endpoint),
                endpoint.ChangedAt);
        }

        list.Write(to, "There is no endpoint yet. Make one: 'fairlead endpoints create NAME --model MODEL/1'.");
    }

    /// <summary>Such as <c>stable credit/1 90%, canary credit/2 10%; holdout none 5%</c>.</summary>
    public static string Traffic(EndpointInfo endpoint)
    {
        var traffic = string.Join(", ", endpoint.Variants.Select(Arm));
        return endpoint.Holdout is { } holdout ? $"{traffic}; {Arm(holdout)}" : traffic;
    }

    /// <summary>The version, or how it is answered without one.</summary>
    public static string Answers(VariantInfo variant) =>
        variant.Answer ?? $"{variant.Model}/{variant.Version}";

    private static string Arm(VariantInfo variant) => $"{variant.Name} {Answers(variant)} {Share(variant)}";

    /// <summary>A share in percent, with at most two digits behind the point.</summary>
    public static string Share(VariantInfo variant) =>
        string.Create(CultureInfo.InvariantCulture, $"{variant.Share * 100:0.##}%");
}
