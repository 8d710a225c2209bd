using Fairlead.Client.Api;
using Fairlead.Core.Access;
using Fairlead.Server.Access;
using Fairlead.Server.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace Fairlead.Server;

/// <summary>
/// Keys made on the storage itself, for the first one and for when the last admin key is lost. Whoever can open the
/// storage could do so anyway.
/// </summary>
public static class OfflineKeys
{
    /// <summary>
    /// Makes a key. Throws <see cref="DataFolderInUseException"/> while a server uses the folder, and
    /// <see cref="Core.Refusals.RefusalException"/> when the key may not be made.
    /// </summary>
    /// <param name="options">Where the storage is.</param>
    /// <param name="wish">The key; for a first one the role <c>admin</c>.</param>
    public static async Task<CreatedKey> CreateAsync(
        ControlPlaneOptions options, KeyWish wish, CancellationToken cancellation)
    {
        options.ThrowIfInvalid();
        await using var services = new ServiceCollection()
            .AddLogging().AddSingleton(TimeProvider.System).AddSingleton(options).AddStorage().BuildServiceProvider();
        await services.GetRequiredService<Database>().MigrateAsync(cancellation);
        return await services.GetRequiredService<KeyWrites>()
            .CreateAsync(new Principal("offline", Role.Admin), wish, "made offline", cancellation);
    }

    /// <summary>The database is away, or is none; every other failure is a fault of the program.</summary>
    public static bool IsStorageFailure(Exception failure) =>
        Database.IsUnreachable(failure) || failure is Microsoft.Data.Sqlite.SqliteException;
}
