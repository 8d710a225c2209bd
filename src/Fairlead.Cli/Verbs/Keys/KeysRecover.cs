using System.CommandLine;
using Fairlead.Cli.Shell;
using Fairlead.Cli.Verbs.Serving;
using Fairlead.Client.Api;
using Fairlead.Core.Access;
using Fairlead.Core.Refusals;
using Fairlead.Server;
using Fairlead.Server.Storage;

namespace Fairlead.Cli.Verbs.Keys;

/// <summary>
/// Makes an admin's key in the storage itself, while no server runs on it: the first one, or a way back in.
/// </summary>
internal sealed class KeysRecover
{
    private readonly Argument<string> _name = new("name") { Description = "Whose key it is" };

    private readonly StorageOptions _storage = new();

    public static Command Create(Terminal terminal)
    {
        var verb = new KeysRecover();
        return new Command("recover", "Make an admin's key in the storage of a stopped server")
        { verb._name, verb._storage.Data, verb._storage.Postgres }.Runs(terminal, verb.RunAsync);
    }

    private async Task RunAsync(Call call, CancellationToken cancellation)
    {
        var options = new ControlPlaneOptions
        {
            DataFolder = _storage.Folder(call),
            PostgresConnection = _storage.Connection(call),
        };
        var created = await MakeAsync(options, call.Value(_name), cancellation);
        call.Write(created, to =>
        {
            call.Note($"Key {created.Key.Id} for '{created.Key.Name}', role admin, in '{options.DataFolder}'.");
            call.Note("Keep the secret; it is not shown again.");
            to.Out.WriteLine(created.Secret);
        });
    }

    private static async Task<CreatedKey> MakeAsync(
        ControlPlaneOptions options, string name, CancellationToken cancellation)
    {
        try
        {
            return await OfflineKeys.CreateAsync(options, new KeyWish(name, "admin"), cancellation);
        }
        catch (DataFolderInUseException inUse)
        {
            throw new CliException(ExitCodes.Conflict, inUse.Message,
                "A running server makes keys for those who hold an admin's: fairlead keys create.");
        }
        catch (DataFolderException unusable)
        {
            throw CliException.Usage(unusable.Message);
        }
        catch (Microsoft.Extensions.Options.OptionsValidationException faults)
        {
            throw CliException.Usage(string.Join(" ", faults.Failures));
        }
        catch (RefusalException refused)
        {
            throw new CliException(ExitCodes.Conflict, $"{refused.Refusals[0].Message} ({refused.Refusals[0].Code})");
        }
        catch (Exception unreachable) when (OfflineKeys.IsStorageFailure(unreachable))
        {
            throw new CliException(ExitCodes.Unreachable, $"The database cannot be used: {unreachable.Message}");
        }
    }
}
