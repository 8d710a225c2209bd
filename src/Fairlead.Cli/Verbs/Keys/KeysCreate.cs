using System.CommandLine;
using System.Globalization;
using Fairlead.Cli.Shell;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Verbs.Keys;

/// <summary>Makes a key. Only the secret goes to standard output, so that it can be piped where it is needed.</summary>
internal static class KeysCreate
{
    public static Command Create(Terminal terminal)
    {
        var name = new Argument<string>("name") { Description = "Whose key it is" };
        var role = new Option<string>("--role") { Description = "What its holder may do", Required = true, HelpName = "role" };
        role.AcceptOnlyFromAmong("viewer", "predictor", "operator", "admin");
        var expires = new Option<string?>("--expires") { Description = "A day (2026-12-31) or a time from now (90d)", HelpName = "when" };
        var endpoints = new Option<string[]>("--endpoint") { Description = "Limit it to this endpoint (repeatable)", HelpName = "name" };
        var models = new Option<string[]>("--model") { Description = "Limit it to this model (repeatable)", HelpName = "name" };
        var rate = new Option<double>("--requests-per-second") { Description = "Most predictions a second; 0: no limit", HelpName = "n" };
        var reason = Options.Reason();
        var command = new Command("create", "Make a key; its secret is shown this once")
        { name, role, expires, endpoints, models, rate, reason };
        return command.Runs(terminal, async (call, cancellation) =>
        {
            var created = await call.Client.CreateKeyAsync(new CreateKeyRequest
            {
                Name = call.Value(name),
                Role = call.Value(role),
                ExpiresAt = Read(call.Value(expires), terminal.Clock),
                Endpoints = call.Value(endpoints) ?? [],
                Models = call.Value(models) ?? [],
                RequestsPerSecond = call.Value(rate),
                Reason = call.Value(reason),
            }, cancellation);
            call.Write(created, to =>
            {
                call.Note($"Key {created.Key.Id} for '{created.Key.Name}', role {created.Key.Role}. Keep the secret; it is not shown again.");
                to.Out.WriteLine(created.Secret);
            });
        });
    }

    private static DateTimeOffset? Read(string? text, TimeProvider clock)
    {
        if (text is null)
            return null;
        if (DurationText.TryParse(text, out var fromNow))
            return clock.GetUtcNow() + fromNow;
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant)
            ? instant
            : throw CliException.Usage($"--expires '{text}' is no time.", "Write a day (2026-12-31) or a time from now (90d).");
    }
}
