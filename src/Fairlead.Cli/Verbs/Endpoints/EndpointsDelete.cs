using System.CommandLine;
using Fairlead.Cli.Shell;

namespace Fairlead.Cli.Verbs.Endpoints;

/// <summary>Deletes an endpoint.</summary>
internal static class EndpointsDelete
{
    public static Command Create(Terminal terminal)
    {
        var name = new Argument<string>("name") { Description = "The endpoint" };
        var expected = new Option<long?>("--expected-generation")
        {
            Description = "Refuse unless the endpoint is at this generation",
            HelpName = "n",
        };
        var reason = Options.Reason();
        return new Command("delete", "Delete an endpoint; its callers get 404 from then on") { name, expected, reason }
            .Runs(terminal, async (call, cancellation) =>
            {
                var endpoint = call.Value(name);
                await call.Client.DeleteEndpointAsync(
                    endpoint, call.Value(expected), call.Value(reason), cancellation);
                call.Write(new Done("deleted", endpoint), _ => call.Note($"{endpoint} is deleted."));
            });
    }
}
