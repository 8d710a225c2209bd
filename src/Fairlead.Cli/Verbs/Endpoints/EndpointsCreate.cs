using System.CommandLine;
using Fairlead.Cli.Shell;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Verbs.Endpoints;

/// <summary>Creates an endpoint with one variant; <c>apply</c> writes everything else.</summary>
internal static class EndpointsCreate
{
    public static Command Create(Terminal terminal)
    {
        var name = new Argument<string>("name") { Description = "The endpoint" };
        var model = Options.Model("--model", "The version that answers; of a model alone, its newest version");
        var unit = new Option<string>("--unit")
        {
            Description = "What stays on its variant: request, header:NAME or field:NAME",
            HelpName = "unit",
            DefaultValueFactory = _ => "request",
        };
        var variant = new Option<string>("--variant")
        {
            Description = "Name of the variant",
            HelpName = "name",
            DefaultValueFactory = _ => "stable",
        };
        var wait = Placing.Option();
        var reason = Options.Reason();
        var command = new Command("create", "Create an endpoint that serves one version")
        { name, model, unit, variant, wait, reason };
        return command.Runs(terminal, async (call, cancellation) =>
        {
            var version = call.Value(model);
            var request = new PutEndpointRequest
            {
                Unit = call.Value(unit),
                ExpectedGeneration = 0,
                Reason = call.Value(reason),
                Variants =
                [
                    new VariantRequest
                    {
                        Name = call.Value(variant),
                        Model = version.Model,
                        Version = await version.ResolveAsync(call.Client, cancellation),
                    },
                ],
            };
            var endpoint = await call.Client.PutEndpointAsync(
                call.Value(name), request, Placing.Wait(call, wait), cancellation);
            call.Write(endpoint, _ => { });
            return Placing.Report(call, endpoint, Placing.Wait(call, wait));
        });
    }
}
