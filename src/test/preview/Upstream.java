import dev.tollgate.simulator.Simulator;
import io.vertx.core.Vertx;
import java.util.Optional;

/** The simulator alone, on the port of the first argument. */
class Upstream {
    public static void main(String[] arguments) {
        new Simulator(Vertx.vertx(), (request, body) -> Optional.empty(), 15).start(Integer.parseInt(arguments[0]));
    }
}
