using System.CommandLine;
using Fairlead.Cli.Shell;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Verbs.Keys;

/// <summary>Makes a key. Only the secret goes to standard output, so that it can be piped where it is needed.</summary>
internal static class KeysCreate
{
    public static Command Create(Terminal terminal)
    {
        var name = new Argument<string>("name") { Description = "Whose key it is" };
        var role = Options.Of<string>("--role", "role", "What its holder may do");
        role.Required = true;
        role.AcceptOnlyFromAmong("viewer", "predictor", "operator", "admin");
        var expires = Options.Of<string?>("--expires", "when", "A day (2026-12-31) or a time from now (90d)");
        var endpoints = Options.Of<string[]>("--endpoint", "name", "Limit it to this endpoint (repeatable)");
        var models = Options.Of<string[]>("--model", "name", "Limit it to this model (repeatable)");
        var rate = Options.Of<double>("--requests-per-second", "n", "Most predictions a second; 0: no limit");
        var reason = Options.Reason();
        var command = new Command("create", "Make a key; its secret is shown this once")
        { name, role, expires, endpoints, models, rate, reason };
        return command.Runs(terminal, async (call, cancellation) =>
        {
            var created = await call.Client.CreateKeyAsync(new CreateKeyRequest
            {
                Name = call.Value(name),
                Role = call.Value(role),
                ExpiresAt = Instants.Future(call.Value(expires), terminal.Clock),
                Endpoints = call.Value(endpoints) ?? [],
                Models = call.Value(models) ?? [],
                RequestsPerSecond = call.Value(rate),
                Reason = call.Value(reason),
            }, cancellation);
            call.Write(created, to =>
            {
                call.Note($"Key {created.Key.Id} for '{created.Key.Name}', role {created.Key.Role}.");
                call.Note("Keep the secret; it is not shown again.");
                to.Out.WriteLine(created.Secret);
            });
        });
    }
}
