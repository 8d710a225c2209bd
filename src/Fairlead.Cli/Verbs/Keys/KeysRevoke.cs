using System.CommandLine;
using System.Globalization;
using Fairlead.Cli.Shell;

namespace Fairlead.Cli.Verbs.Keys;

/// <summary>Revokes a key, for good.</summary>
internal static class KeysRevoke
{
    public static Command Create(Terminal terminal)
    {
        var id = new Argument<long>("id") { Description = "The key's number, from `keys list`" };
        var reason = Options.Reason();
        return new Command("revoke", "Revoke a key; within 5 s nothing accepts it any more") { id, reason }
            .Runs(terminal, async (call, cancellation) =>
            {
                var number = call.Value(id);
                await call.Client.RevokeKeyAsync(number, call.Value(reason), cancellation);
                call.Write(new Done("revoked", number.ToString(CultureInfo.InvariantCulture)),
                    _ => call.Note($"Key {number} is revoked."));
            });
    }
}
